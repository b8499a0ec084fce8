package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/**
 * The gradients of {@link LayerNorm}. With h = (x - mean) rstd and dh = dy (plus + scale), means over the last axis: dx =
 * rstd (dh - mean(dh) - h mean(dh h)), dscale = sum dy h, dshift = sum dy over what scale was broadcast along.
 *
 * @param statistics (B,T,2), what the forward pass wrote
 * @param dx as x, or null where it is not wanted
 * @param dscale as scale, or null
 * @param dshift as scale, or null
 */
public record LayerNormGrad(
    Tensor x,
    Tensor scale,
    double plus,
    Tensor statistics,
    Tensor dy,
    Tensor dx,
    Tensor dscale,
    Tensor dshift) implements Fused {
  public LayerNormGrad {
    String op = "LayerNormGrad";
    Checks.floating(op, x, scale, statistics, dy, dx, dscale, dshift);
    LayerNorm.check(op, x, scale, statistics);
    Checks.shape(op, "dy", dy, x.shape());
    for (Tensor d : Checks.present(dscale, dshift)) {
      Checks.that(scale != null && d.sameShape(scale), op, "gradients shaped as the scale", scale, d);
      Checks.disjoint(op, d, x, scale, statistics, dy);
    }
    if (dx != null) {
      Checks.shape(op, "dx", dx, x.shape());
      Checks.elementwise(op, dx, dy);
      Checks.disjoint(op, dx, x, scale, statistics);
    }
  }

  @Override
  public List<Tensor> inputs() {
    return Checks.present(x, scale, statistics, dy);
  }

  @Override
  public List<Tensor> outputs() {
    return Checks.present(dx, dscale, dshift);
  }

  @Override
  public void byPrimitives(Backend b, Scope s) {
    Formula f = new Formula(b, s, x.dtype().accumulator());
    Tensor rstd = statistics.slice(2, 1, 2);
    Tensor h = f.mul(f.sub(x, statistics.slice(2, 0, 1)), rstd);
    if (dscale != null) {
      f.sumTo(f.mul(dy, h), dscale);
    }
    if (dshift != null) {
      f.sumTo(f.copy(dy), dshift);
    }
    if (dx != null) {
      Tensor dh = scale == null ? f.copy(dy) : f.mul(dy, f.affine(scale, 1, plus));
      Tensor inner = f.sub(f.sub(dh, f.mean(dh, -1)), f.mul(h, f.mean(f.mul(dh, h), -1)));
      f.into(f.mul(inner, rstd), dx);
    }
  }
}
