package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.set;
import static io.github.tsdsr.kernels.cpu.RowVectors.load;
import static io.github.tsdsr.kernels.cpu.RowVectors.store;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link RowNormLoops} on the Vector API. */
final class RowNormVectors implements RowNormLoops {
  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int L = S.length();

  @Override
  public void layerNorm(
      int rows, int n, long x, long rowX, long scale, long shift, float plus, double eps, long y, long rowY,
      long statistics, long rowStatistics, long stepStatistics) {
    for (int r = 0; r < rows; r++) {
      long from = x + r * rowX;
      float mean = mean(from, n);
      float rstd = (float) (1 / Math.sqrt(variance(from, n, mean) + eps));
      set(statistics + r * rowStatistics, mean);
      set(statistics + r * rowStatistics + stepStatistics, rstd);
      modulate(from, n, mean, rstd, scale, shift, plus, y + r * rowY);
    }
  }

  private static float mean(long x, int n) {
    FloatVector sum = FloatVector.zero(S);
    for (int i = 0; i < n; i += L) {
      sum = sum.add(load(x, i, n));
    }
    return (float) ((double) VectorMath.sum(sum) / n);
  }

  private static double variance(long x, int n, float mean) {
    FloatVector sum = FloatVector.zero(S);
    FloatVector off = FloatVector.zero(S);
    for (int i = 0; i < n; i += L) {
      FloatVector d = load(x, i, n).sub(mean);
      if (i > n - L) {
        d = FloatVector.zero(S).blend(d, S.indexInRange(i, n));
      }
      sum = d.fma(d, sum);
      off = off.add(d);
    }
    // The mean was rounded: what is left of it is taken off again.
    double rest = VectorMath.sum(off) / (double) n;
    return Math.max(0, VectorMath.sum(sum) / (double) n - rest * rest);
  }

  private static void modulate(long x, int n, float mean, float rstd, long scale, long shift, float plus, long y) {
    FloatVector m = FloatVector.broadcast(S, mean);
    FloatVector s = FloatVector.broadcast(S, rstd);
    for (int i = 0; i < n; i += L) {
      FloatVector h = load(x, i, n).sub(m).mul(s);
      if (scale != 0) {
        h = h.fma(load(scale, i, n).add(plus), load(shift, i, n));
      }
      store(h, y, i, n);
    }
  }

  @Override
  public void rmsNorm(
      int rows, int n, long x, long rowX, long weight, double eps, long y, long rowY, long statistics,
      long rowStatistics) {
    for (int r = 0; r < rows; r++) {
      long from = x + r * rowX;
      float rstd = (float) (1 / Math.sqrt(squares(from, n) / (double) n + eps));
      set(statistics + r * rowStatistics, rstd);
      scale(from, n, rstd, weight, y + r * rowY);
    }
  }

  private static float squares(long x, int n) {
    FloatVector sum = FloatVector.zero(S);
    for (int i = 0; i < n; i += L) {
      FloatVector v = load(x, i, n);
      sum = v.fma(v, sum);
    }
    return VectorMath.sum(sum);
  }

  private static void scale(long x, int n, float factor, long weight, long y) {
    for (int i = 0; i < n; i += L) {
      FloatVector h = load(x, i, n).mul(factor);
      store(weight == 0 ? h : h.mul(load(weight, i, n)), y, i, n);
    }
  }
}
