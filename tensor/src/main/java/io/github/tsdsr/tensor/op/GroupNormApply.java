package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/**
 * The second half of {@link GroupNorm}, with statistics from elsewhere: u = (x - mean) rstd weight[c] + bias[c]; y = u, or u
 * sigmoid(u). For tiles of a picture that share their statistics.
 *
 * @param statistics (N,groups,2), read: mean and 1 / sqrt(variance + eps)
 */
public record GroupNormApply(Tensor x, Tensor weight, Tensor bias, Tensor statistics, boolean silu, Tensor y)
    implements Fused {
  public GroupNormApply {
    Checks.floating("GroupNormApply", x, weight, bias, y, statistics);
    Checks.that(statistics.rank() == 3, "GroupNormApply", "statistics (N,groups,2)", statistics);
    GroupNorm.check("GroupNormApply", x, weight, bias, (int) statistics.size(1), statistics);
    Checks.shape("GroupNormApply", "y", y, x.shape());
    Checks.elementwise("GroupNormApply", y, x);
    Checks.disjoint("GroupNormApply", y, weight, bias, statistics);
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x, weight, bias, statistics);
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(y);
  }

  @Override
  public void byPrimitives(Backend b, Scope s) {
    Formula f = new Formula(b, s, y.dtype().accumulator());
    int groups = (int) statistics.size(1);
    Tensor hat = GroupNorm.normalised(f, x, statistics);
    Tensor u = f.add(f.mul(hat, GroupNorm.channels(weight, groups)), GroupNorm.channels(bias, groups));
    f.into((silu ? f.apply(Unary.Function.SILU, u) : u).reshape(x.shape()), y);
  }
}
