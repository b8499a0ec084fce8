package io.github.tsdsr.infer.norm;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.nn.GroupNorm;
import io.github.tsdsr.sd3.NormRule;
import java.util.ArrayList;
import java.util.List;

/**
 * The published program's rule for tiles that go through the autoencoder in step: mean and variance of each group are those
 * of the tiles, weighted by their pixels. The variance between the tiles' means is left out and pixels that two tiles read
 * count twice, as there.
 */
public final class PublishedNorm implements NormRule {
  @Override
  public List<Var> apply(Tape tape, GroupNorm norm, List<Var> pieces, boolean silu) {
    double pixels = 0;
    for (Var x : pieces) {
      pixels += x.size(1) * x.size(2);
    }
    GroupStatistics first = null;
    double[] mean = null;
    double[] variance = null;
    for (Var x : pieces) {
      GroupStatistics own = GroupStatistics.of(tape, norm, x);
      if (first == null) {
        first = own;
        mean = new double[own.samples() * own.groups()];
        variance = new double[mean.length];
      }
      double weight = x.size(1) * x.size(2) / pixels;
      for (int i = 0; i < mean.length; i++) {
        mean[i] += weight * own.mean(i);
        variance[i] += weight * own.variance(i, norm.eps());
      }
    }
    double[] values = new double[2 * mean.length];
    for (int i = 0; i < mean.length; i++) {
      values[2 * i] = mean[i];
      values[2 * i + 1] = 1 / Math.sqrt(variance[i] + norm.eps());
    }
    GroupStatistics shared = new GroupStatistics(first.samples(), first.groups(), values);
    List<Var> out = new ArrayList<>(pieces.size());
    for (Var x : pieces) {
      out.add(shared.apply(tape, norm, x, silu));
    }
    return out;
  }
}
