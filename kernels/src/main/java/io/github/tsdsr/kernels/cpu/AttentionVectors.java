package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.Attentions.BLOCK;
import static io.github.tsdsr.kernels.cpu.OffHeap.ALL;
import static io.github.tsdsr.kernels.cpu.OffHeap.get;
import static io.github.tsdsr.kernels.cpu.OffHeap.set;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** {@link AttentionLoops} on the Vector API. */
final class AttentionVectors implements AttentionLoops {
  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
  private static final int L = S.length();

  @Override
  public void exponentials(long scores, int keys, long maxima, long sums) {
    for (int c = 0; c < BLOCK; c += L) {
      columns(scores + 4L * c, keys, maxima + 4L * c, sums + 4L * c);
    }
  }

  @Override
  public void divide(long from, long rowFrom, int rows, int n, long by, long to, long rowTo) {
    for (int i = 0; i < rows; i++) {
      scaled(from + i * rowFrom, 1 / get(by + 4L * i), to + i * rowTo, n);
    }
  }

  @Override
  public void copy(long from, long rowFrom, int rows, int n, long to, long rowTo) {
    for (int i = 0; i < rows; i++) {
      scaled(from + i * rowFrom, 1, to + i * rowTo, n);
    }
  }

  private static FloatVector load(long at, int i) {
    return FloatVector.fromMemorySegment(S, ALL, at + 4L * i, LE);
  }

  /** A vector of columns. (Several at a time are too much for the compiler: it stops inlining.) */
  private static void columns(long scores, int n, long tops, long sums) {
    FloatVector top = load(scores, 0);
    for (int i = 1; i < n; i++) {
      top = VectorMath.greater(top, load(scores, BLOCK * i));
    }
    FloatVector sum = FloatVector.zero(S);
    for (int i = 0; i < n; i++) {
      FloatVector e = VectorMath.exp(load(scores, BLOCK * i).sub(top));
      e.intoMemorySegment(ALL, scores + 4L * BLOCK * i, LE);
      sum = sum.add(e);
    }
    top.intoMemorySegment(ALL, tops, LE);
    sum.intoMemorySegment(ALL, sums, LE);
  }

  /** n floats times a factor. */
  private static void scaled(long from, float factor, long to, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      load(from, i).mul(factor).intoMemorySegment(ALL, to + 4L * i, LE);
    }
    for (; i < n; i++) {
      set(to + 4L * i, factor * get(from + 4L * i));
    }
  }
}
