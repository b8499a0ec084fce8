package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.ALL;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The vectors of a row of floats, of which the last may be partial. */
final class RowVectors {
  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int L = Lanes.COUNT;
  private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;

  private RowVectors() {}

  /** A whole vector at an address. */
  static FloatVector load(long at) {
    return FloatVector.fromMemorySegment(S, ALL, at, LE);
  }

  /** The floats from number i on of the n at an address; zeros beyond the row's end. */
  static FloatVector load(long at, int i, int n) {
    return i <= n - L ? load(at + 4L * i)
        : FloatVector.fromMemorySegment(S, ALL, at + 4L * i, LE, S.indexInRange(i, n));
  }

  /** Writes them from number i on; none beyond the row's end. */
  static void store(FloatVector v, long at, int i, int n) {
    if (i <= n - L) {
      v.intoMemorySegment(ALL, at + 4L * i, LE);
    } else {
      v.intoMemorySegment(ALL, at + 4L * i, LE, S.indexInRange(i, n));
    }
  }
}
