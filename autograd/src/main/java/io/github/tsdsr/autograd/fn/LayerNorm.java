package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.LayerNormGrad;
import java.util.List;

/** Layer norm over the last axis with a scale and a shift of its channels: affine, or modulated by AdaLN. */
public final class LayerNorm {
  private LayerNorm() {}

  /**
   * y = (x - mean) / sqrt(variance + eps) (plus + scale) + shift.
   *
   * @param x (B,T,C)
   * @param scale (C) or (B,1,C), or null for none
   * @param shift as scale, null where it is
   * @param plus 1 for modulation, 0 for an affine norm
   * @return as x
   */
  public static Var apply(Tape tape, Var x, Var scale, Var shift, double plus, double eps) {
    Tensor y = tape.empty(x.dtype(), x.shape());
    Tensor statistics = tape.empty(x.dtype().accumulator(), x.size(0), x.size(1), 2);
    tape.run(new io.github.tsdsr.tensor.op.LayerNorm(
        x.value(), scale == null ? null : scale.value(), shift == null ? null : shift.value(), plus, eps, y,
        statistics));
    if (scale == null) {
      return tape.record(y, new Back(x.value(), null, plus, statistics), x);
    }
    return tape.record(y, new Back(x.value(), scale.value(), plus, statistics), x, scale, shift);
  }

  private record Back(Tensor x, Tensor scale, double plus, Tensor statistics) implements Node {
    @Override
    public List<Tensor> saved() {
      return Saved.of(x, scale, statistics);
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      Tensor dx = into.wants(0) ? into.empty(x.shape()) : null;
      Tensor dscale = scale != null && into.wants(1) ? into.empty(scale.shape()) : null;
      Tensor dshift = scale != null && into.wants(2) ? into.empty(scale.shape()) : null;
      into.run(new LayerNormGrad(x, scale, plus, statistics, dy, dx, dscale, dshift));
      into.add(0, dx);
      if (scale != null) {
        into.add(1, dscale);
        into.add(2, dshift);
      }
    }
  }
}
