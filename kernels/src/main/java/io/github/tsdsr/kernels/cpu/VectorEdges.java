package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.ALL;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** {@link TileKernel#merge} with vectors. */
final class VectorEdges {
  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
  private static final int L = S.length();

  private VectorEdges() {}

  static void merge(long tile, long rowTile, int height, int columns, long more, long rowMore, long c, long rowC) {
    for (int r = 0; r < height; r++) {
      long from = tile + r * rowTile;
      long to = c + r * rowC;
      if (more == 0) {
        copy(from, columns, to);
      } else {
        add(from, more + r * rowMore, columns, to);
      }
    }
  }

  private static void copy(long from, int n, long to) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector.fromMemorySegment(S, ALL, from + 4L * i, LE).intoMemorySegment(ALL, to + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      FloatVector.fromMemorySegment(S, ALL, from + 4L * i, LE, m).intoMemorySegment(ALL, to + 4L * i, LE, m);
    }
  }

  private static void add(long from, long more, int n, long to) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector.fromMemorySegment(S, ALL, from + 4L * i, LE)
          .add(FloatVector.fromMemorySegment(S, ALL, more + 4L * i, LE)).intoMemorySegment(ALL, to + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      FloatVector.fromMemorySegment(S, ALL, from + 4L * i, LE, m)
          .add(FloatVector.fromMemorySegment(S, ALL, more + 4L * i, LE, m))
          .intoMemorySegment(ALL, to + 4L * i, LE, m);
    }
  }
}
