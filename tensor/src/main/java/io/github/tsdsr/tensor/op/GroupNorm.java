package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/**
 * Group norm of a picture, optionally followed by SiLU: per picture and group of C/groups consecutive channels, u = (x -
 * mean) / sqrt(variance + eps) weight[c] + bias[c] over all pixels, biased variance; y = u, or u sigmoid(u).
 *
 * @param x (N,H,W,C)
 * @param weight (C)
 * @param bias (C)
 * @param y as x
 * @param statistics (N,groups,2), written: mean and 1 / sqrt(variance + eps)
 */
public record GroupNorm(
    Tensor x, Tensor weight, Tensor bias, int groups, double eps, boolean silu, Tensor y, Tensor statistics)
    implements Fused {
  public GroupNorm {
    Checks.floating("GroupNorm", x, weight, bias, y, statistics);
    check("GroupNorm", x, weight, bias, groups, statistics);
    Checks.shape("GroupNorm", "y", y, x.shape());
    Checks.elementwise("GroupNorm", y, x);
    Checks.disjoint("GroupNorm", y, weight, bias);
    Checks.disjoint("GroupNorm", statistics, x, y, weight, bias);
  }

  static void check(String op, Tensor x, Tensor weight, Tensor bias, int groups, Tensor statistics) {
    Checks.that(x.rank() == 4, op, "a picture (N,H,W,C)", x);
    Checks.that(groups > 0 && x.size(3) % groups == 0, op, "channels that divide into groups", x, groups);
    Checks.shape(op, "weight", weight, x.size(3));
    Checks.shape(op, "bias", bias, x.size(3));
    Checks.shape(op, "statistics", statistics, x.size(0), groups, 2);
  }

  /** A picture's (N,H,W,C) elements as (N,H,W,groups,C/groups). */
  static Tensor grouped(Tensor x, int groups) {
    return x.reshape(x.size(0), x.size(1), x.size(2), groups, x.size(3) / groups);
  }

  /** One of the two statistics (N,groups,2), shaped to be broadcast over {@link #grouped}. */
  static Tensor statistic(Tensor statistics, int which) {
    long n = statistics.size(0);
    long groups = statistics.size(1);
    return statistics.select(2, which).unsqueeze(1).unsqueeze(1).unsqueeze(4).broadcast(n, 1, 1, groups, 1);
  }

  /** (x - mean) rstd, as (N,H,W,groups,C/groups). */
  static Tensor normalised(Formula f, Tensor x, Tensor statistics) {
    int groups = (int) statistics.size(1);
    return f.mul(f.sub(grouped(x, groups), statistic(statistics, 0)), statistic(statistics, 1));
  }

  /** A per-channel vector shaped to be broadcast over {@link #grouped}. */
  static Tensor channels(Tensor c, int groups) {
    return c.reshape(1, 1, 1, groups, c.size(0) / groups);
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x, weight, bias);
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(y, statistics);
  }

  @Override
  public void byPrimitives(Backend b, Scope s) {
    Formula f = new Formula(b, s, y.dtype().accumulator());
    Tensor g = grouped(x, groups);
    Tensor mean = f.mean(g, 1, 2, 4);
    Tensor variance = f.mean(f.apply(Unary.Function.SQUARE, f.sub(g, mean)), 1, 2, 4);
    long n = x.size(0);
    f.into(mean.reshape(n, groups), statistics.select(2, 0));
    Tensor rstd = f.apply(Unary.Function.RSQRT, f.affine(variance, 1, eps));
    f.into(rstd.reshape(n, groups), statistics.select(2, 1));
    Tensor hat = f.mul(f.sub(g, mean), rstd);
    Tensor u = f.add(f.mul(hat, channels(weight, groups)), channels(bias, groups));
    f.into((silu ? f.apply(Unary.Function.SILU, u) : u).reshape(x.shape()), y);
  }
}
