package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.RowVectors.load;
import static io.github.tsdsr.kernels.cpu.RowVectors.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link GroupNormLoops} on the Vector API. */
final class GroupNormVectors implements GroupNormLoops {
  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int L = S.length();

  @Override
  public void channelSums(long x, int pixels, int c, long sums) {
    for (int i = 0; i < c; i += L) {
      FloatVector sum = FloatVector.zero(S);
      for (int p = 0; p < pixels; p++) {
        sum = sum.add(load(x + 4L * p * c, i, c));
      }
      store(sum, sums, i, c);
    }
  }

  @Override
  public void squareSums(long x, int pixels, int c, long means, long sums) {
    for (int i = 0; i < c; i += L) {
      FloatVector mean = load(means, i, c);
      FloatVector sum = FloatVector.zero(S);
      for (int p = 0; p < pixels; p++) {
        FloatVector d = load(x + 4L * p * c, i, c).sub(mean);
        sum = d.fma(d, sum);
      }
      store(sum, sums, i, c);
    }
  }

  @Override
  public void normalise(long x, int pixels, int c, long means, long scales, long bias, boolean silu, long y) {
    for (int i = 0; i < c; i += L) {
      FloatVector mean = load(means, i, c);
      FloatVector scale = load(scales, i, c);
      FloatVector shift = load(bias, i, c);
      for (int p = 0; p < pixels; p++) {
        FloatVector u = load(x + 4L * p * c, i, c).sub(mean).fma(scale, shift);
        store(silu ? u.div(VectorMath.exp(u.neg()).add(1f)) : u, y + 4L * p * c, i, c);
      }
    }
  }
}
