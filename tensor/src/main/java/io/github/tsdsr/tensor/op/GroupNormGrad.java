package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/**
 * The gradients of {@link GroupNorm}. With h = (x - mean) rstd, u = h weight + bias, du = dy or dy silu'(u), and means over
 * a group: dx = rstd (du weight - mean(du weight) - h mean(du weight h)), dweight = sum du h, dbias = sum du.
 *
 * @param statistics (N,groups,2), what the forward pass wrote
 * @param dx as x, or null where it is not wanted
 * @param dweight (C), or null
 * @param dbias (C), or null
 */
public record GroupNormGrad(
    Tensor x,
    Tensor weight,
    Tensor bias,
    int groups,
    boolean silu,
    Tensor statistics,
    Tensor dy,
    Tensor dx,
    Tensor dweight,
    Tensor dbias) implements Fused {
  public GroupNormGrad {
    String op = "GroupNormGrad";
    Checks.floating(op, x, weight, bias, statistics, dy, dx, dweight, dbias);
    GroupNorm.check(op, x, weight, bias, groups, statistics);
    Checks.shape(op, "dy", dy, x.shape());
    for (Tensor d : Checks.present(dweight, dbias)) {
      Checks.shape(op, "a parameter's gradient", d, x.size(3));
      Checks.disjoint(op, d, x, weight, bias, statistics, dy);
    }
    if (dx != null) {
      Checks.shape(op, "dx", dx, x.shape());
      Checks.elementwise(op, dx, dy);
      Checks.disjoint(op, dx, x, weight, bias, statistics);
    }
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x, weight, bias, statistics, dy);
  }

  @Override
  public List<Tensor> outputs() {
    return Checks.present(dx, dweight, dbias);
  }

  @Override
  public void byPrimitives(Backend b, Scope s) {
    Formula f = new Formula(b, s, x.dtype().accumulator());
    Tensor h = GroupNorm.normalised(f, x, statistics);
    Tensor w = GroupNorm.channels(weight, groups);
    Tensor du = GroupNorm.grouped(f.copy(dy), groups);
    if (silu) {
      Tensor u = f.add(f.mul(h, w), GroupNorm.channels(bias, groups));
      Tensor grad = s.empty(du.dtype(), du.shape());
      b.run(new ActivationGrad(Unary.Function.SILU, 0, u, du, grad));
      du = grad;
    }
    if (dweight != null) {
      f.into(f.sum(f.mul(du, h), 0, 1, 2).reshape(dweight.shape()), dweight);
    }
    if (dbias != null) {
      f.into(f.sum(du, 0, 1, 2).reshape(dbias.shape()), dbias);
    }
    if (dx != null) {
      Tensor dh = f.mul(du, w);
      Tensor inner = f.sub(f.sub(dh, f.mean(dh, 1, 2, 4)), f.mul(h, f.mean(f.mul(dh, h), 1, 2, 4)));
      f.into(f.mul(inner, GroupNorm.statistic(statistics, 1)).reshape(x.shape()), dx);
    }
  }
}
