package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/**
 * Layer norm over the last axis, then a scale and a shift of its channels: h = (x - mean) / sqrt(variance + eps), biased
 * variance; y = h (plus + scale) + shift. The affine layer norm has scale = weight and shift = bias of shape (C) and plus
 * = 0; AdaLN's modulation has them per sample, (B,1,C), and plus = 1.
 *
 * @param x (B,T,C)
 * @param scale broadcast to x from (C) or (B,1,C); or null for none (then shift is null too, y = h)
 * @param shift as scale
 * @param plus what is added to the scale, 0 or 1
 * @param y as x
 * @param statistics (B,T,2), written: mean and 1 / sqrt(variance + eps)
 */
public record LayerNorm(
    Tensor x, Tensor scale, Tensor shift, double plus, double eps, Tensor y, Tensor statistics) implements Fused {
  public LayerNorm {
    Checks.floating("LayerNorm", x, scale, shift, y, statistics);
    check("LayerNorm", x, scale, statistics);
    Checks.that((scale == null) == (shift == null), "LayerNorm", "both scale and shift, or neither", scale, shift);
    Checks.that(scale == null || shift.sameShape(scale), "LayerNorm", "scale and shift of one shape", scale, shift);
    Checks.shape("LayerNorm", "y", y, x.shape());
    Checks.elementwise("LayerNorm", y, x);
    Checks.disjoint("LayerNorm", y, scale, shift);
    Checks.disjoint("LayerNorm", statistics, x, y, scale, shift);
  }

  static void check(String op, Tensor x, Tensor scale, Tensor statistics) {
    Checks.that(x.rank() == 3, op, "tokens (B,T,C)", x);
    long b = x.size(0);
    long c = x.size(2);
    Checks.that(scale == null || scale.hasShape(c) || scale.hasShape(b, 1, c), op, "a scale (C) or (B,1,C)", x, scale);
    Checks.shape(op, "statistics", statistics, b, x.size(1), 2);
  }

  @Override
  public List<Tensor> inputs() {
    return Checks.present(x, scale, shift);
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(y, statistics);
  }

  @Override
  public void byPrimitives(Backend b, Scope s) {
    Formula f = new Formula(b, s, y.dtype().accumulator());
    Tensor mean = f.mean(x, -1);
    Tensor centred = f.sub(x, mean);
    Tensor variance = f.mean(f.apply(Unary.Function.SQUARE, centred), -1);
    Tensor rstd = f.apply(Unary.Function.RSQRT, f.affine(variance, 1, eps));
    f.into(mean, statistics.slice(2, 0, 1));
    f.into(rstd, statistics.slice(2, 1, 2));
    Tensor h = f.mul(centred, rstd);
    f.into(scale == null ? h : f.add(f.mul(h, f.affine(scale, 1, plus)), shift), y);
  }
}
