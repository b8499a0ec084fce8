package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/**
 * The gradients of {@link RmsNorm}. With r = 1 / sqrt(mean(x^2) + eps), h = x r and dh = dy weight: dx = r (dh - h
 * mean(dh h)), dweight = sum dy h over all leading axes.
 *
 * @param statistics (..., 1), what the forward pass wrote
 * @param dx as x, or null where it is not wanted
 * @param dweight (C), or null
 */
public record RmsNormGrad(Tensor x, Tensor weight, Tensor statistics, Tensor dy, Tensor dx, Tensor dweight)
    implements Fused {
  public RmsNormGrad {
    String op = "RmsNormGrad";
    Checks.floating(op, x, weight, statistics, dy, dx, dweight);
    RmsNorm.check(op, x, weight, statistics);
    Checks.shape(op, "dy", dy, x.shape());
    if (dweight != null) {
      Checks.shape(op, "dweight", dweight, x.size(-1));
      Checks.disjoint(op, dweight, x, weight, statistics, dy);
    }
    if (dx != null) {
      Checks.shape(op, "dx", dx, x.shape());
      Checks.elementwise(op, dx, dy);
      Checks.disjoint(op, dx, x, weight, statistics);
    }
  }

  @Override
  public List<Tensor> inputs() {
    return Checks.present(x, weight, statistics, dy);
  }

  @Override
  public List<Tensor> outputs() {
    return Checks.present(dx, dweight);
  }

  @Override
  public void byPrimitives(Backend b, Scope s) {
    Formula f = new Formula(b, s, x.dtype().accumulator());
    Tensor h = f.mul(x, statistics);
    if (dweight != null) {
      f.sumTo(f.mul(dy, h), dweight);
    }
    if (dx != null) {
      Tensor dh = weight == null ? f.copy(dy) : f.mul(dy, weight);
      f.into(f.mul(f.sub(dh, f.mul(h, f.mean(f.mul(dh, h), -1))), statistics), dx);
    }
  }
}
