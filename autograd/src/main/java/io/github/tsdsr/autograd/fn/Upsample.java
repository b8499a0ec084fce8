package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Copy;
import io.github.tsdsr.tensor.op.Reduce;
import java.util.List;

/** Nearest-neighbour enlargement of pictures. */
public final class Upsample {
  private Upsample() {}

  /**
   * Every pixel twice in both directions.
   *
   * @param x (N,H,W,C)
   * @return (N,2H,2W,C)
   */
  public static Var nearest2(Tape tape, Var x) {
    long n = x.size(0);
    long h = x.size(1);
    long w = x.size(2);
    long c = x.size(3);
    Tensor y = tape.empty(x.dtype(), n, 2 * h, 2 * w, c);
    tape.run(new Copy(doubled(x.value()), y.reshape(n, h, 2, w, 2, c)));
    return tape.record(y, new Back(), x);
  }

  private static Tensor doubled(Tensor x) {
    return x.unsqueeze(2).unsqueeze(4);
  }

  private record Back() implements Node {
    @Override
    public List<Tensor> saved() {
      return List.of();
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      into.accumulate(0, (dx, accumulate) -> {
        Tensor pixels = dy.reshape(dx.size(0), dx.size(1), 2, dx.size(2), 2, dx.size(3));
        into.run(new Reduce(Reduce.Function.SUM, pixels, doubled(dx), accumulate));
      });
    }
  }
}
