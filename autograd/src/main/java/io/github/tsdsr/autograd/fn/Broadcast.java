package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Reduce;
import java.util.List;

/** Repeats axes of size 1, without a copy; gradients are summed over them. */
public final class Broadcast {
  private Broadcast() {}

  /**
   * @param shape as many axes as x has
   */
  public static Var to(Tape tape, Var x, long... shape) {
    if (x.value().hasShape(shape)) {
      return x;
    }
    if (shape.length != x.value().rank()) {
      throw new IllegalArgumentException("a broadcast of " + x.value() + " keeps its number of axes");
    }
    return tape.record(x.value().broadcast(shape), new Back(), x);
  }

  private record Back() implements Node {
    @Override
    public List<Tensor> saved() {
      return List.of();
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      into.accumulate(0, (dx, accumulate) -> into.run(new Reduce(Reduce.Function.SUM, dy, dx, accumulate)));
    }
  }
}
