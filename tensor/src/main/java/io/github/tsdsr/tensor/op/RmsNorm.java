package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/**
 * y = x / sqrt(mean(x^2) + eps) weight over the last axis.
 *
 * @param x (..., C)
 * @param weight (C), or null for none
 * @param y as x
 * @param statistics (..., 1), written: 1 / sqrt(mean(x^2) + eps)
 */
public record RmsNorm(Tensor x, Tensor weight, double eps, Tensor y, Tensor statistics) implements Fused {
  public RmsNorm {
    Checks.floating("RmsNorm", x, weight, y, statistics);
    check("RmsNorm", x, weight, statistics);
    Checks.shape("RmsNorm", "y", y, x.shape());
    Checks.elementwise("RmsNorm", y, x);
    Checks.disjoint("RmsNorm", y, weight);
    Checks.disjoint("RmsNorm", statistics, x, y, weight);
  }

  static void check(String op, Tensor x, Tensor weight, Tensor statistics) {
    Checks.that(x.rank() >= 1, op, "a last axis", x);
    if (weight != null) {
      Checks.shape(op, "weight", weight, x.size(-1));
    }
    long[] shape = x.shape();
    shape[shape.length - 1] = 1;
    Checks.shape(op, "statistics", statistics, shape);
  }

  @Override
  public List<Tensor> inputs() {
    return Checks.present(x, weight);
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(y, statistics);
  }

  @Override
  public void byPrimitives(Backend b, Scope s) {
    Formula f = new Formula(b, s, y.dtype().accumulator());
    Tensor meanSquare = f.mean(f.apply(Unary.Function.SQUARE, x), -1);
    Tensor rms = f.apply(Unary.Function.RSQRT, f.affine(meanSquare, 1, eps));
    f.into(rms, statistics);
    Tensor h = f.mul(x, rms);
    f.into(weight == null ? h : f.mul(h, weight), y);
  }
}
