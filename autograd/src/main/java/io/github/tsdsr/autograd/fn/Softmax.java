package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.SoftmaxGrad;
import java.util.List;

/** Softmax over the last axis. */
public final class Softmax {
  private Softmax() {}

  /** exp(x) / sum(exp(x)) along the last axis, of the shape of x. */
  public static Var apply(Tape tape, Var x) {
    Tensor y = tape.empty(x.dtype(), x.shape());
    tape.run(new io.github.tsdsr.tensor.op.Softmax(x.value(), y));
    return tape.record(y, new Back(y), x);
  }

  private record Back(Tensor y) implements Node {
    @Override
    public List<Tensor> saved() {
      return List.of(y);
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      into.overwrite(0, dx -> into.run(new SoftmaxGrad(y, dy, dx)));
    }
  }
}
