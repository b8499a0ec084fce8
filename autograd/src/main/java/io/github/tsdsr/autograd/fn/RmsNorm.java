package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.RmsNormGrad;
import java.util.List;

/** y = x / sqrt(mean(x^2) + eps) weight over the last axis. */
public final class RmsNorm {
  private RmsNorm() {}

  /**
   * @param x (..., C)
   * @param weight (C), or null for none
   * @return as x
   */
  public static Var apply(Tape tape, Var x, Var weight, double eps) {
    Tensor y = tape.empty(x.dtype(), x.shape());
    long[] rows = x.shape();
    rows[rows.length - 1] = 1;
    Tensor statistics = tape.empty(x.dtype().accumulator(), rows);
    tape.run(new io.github.tsdsr.tensor.op.RmsNorm(
        x.value(), weight == null ? null : weight.value(), eps, y, statistics));
    if (weight == null) {
      return tape.record(y, new Back(x.value(), null, statistics), x);
    }
    return tape.record(y, new Back(x.value(), weight.value(), statistics), x, weight);
  }

  private record Back(Tensor x, Tensor weight, Tensor statistics) implements Node {
    @Override
    public List<Tensor> saved() {
      return Saved.of(x, weight, statistics);
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      Tensor dx = into.wants(0) ? into.empty(x.shape()) : null;
      Tensor dweight = weight != null && into.wants(1) ? into.empty(weight.shape()) : null;
      into.run(new RmsNormGrad(x, weight, statistics, dy, dx, dweight));
      into.add(0, dx);
      if (weight != null) {
        into.add(1, dweight);
      }
    }
  }
}
