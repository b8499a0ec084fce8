package io.github.tsdsr.kernels.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A tile of 6 rows by 2 vectors, see {@link TileKernel}: for machines with 16 registers.
 */
final class Kernel6x2 extends JavaTile {
  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int V = S.vectorByteSize();
  private static final MemorySegment M = OffHeap.ALL;
  private static final ValueLayout.OfFloat F = OffHeap.FLOAT;
  private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;

  @Override
  public int rows() {
    return 6;
  }

  @Override
  public int columns() {
    return 2 * S.length();
  }

  @Override
  void sum(
      int segments, long segmentA, long segmentB, int k, long a, long rowA, long stepA, long b, long stepB, long c,
      long rowC) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector c00 = zero, c01 = zero;
    FloatVector c10 = zero, c11 = zero;
    FloatVector c20 = zero, c21 = zero;
    FloatVector c30 = zero, c31 = zero;
    FloatVector c40 = zero, c41 = zero;
    FloatVector c50 = zero, c51 = zero;
    for (int s = 0; s < segments; s++) {
      long pa = a + s * segmentA;
      long pb = b + s * segmentB;
      for (int i = 0; i < k; i++) {
        FloatVector b0 = FloatVector.fromMemorySegment(S, M, pb, LE);
        FloatVector b1 = FloatVector.fromMemorySegment(S, M, pb + V, LE);
        FloatVector a0 = FloatVector.broadcast(S, M.get(F, pa));
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        FloatVector a1 = FloatVector.broadcast(S, M.get(F, pa + rowA));
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        FloatVector a2 = FloatVector.broadcast(S, M.get(F, pa + 2 * rowA));
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        FloatVector a3 = FloatVector.broadcast(S, M.get(F, pa + 3 * rowA));
        c30 = a3.fma(b0, c30);
        c31 = a3.fma(b1, c31);
        FloatVector a4 = FloatVector.broadcast(S, M.get(F, pa + 4 * rowA));
        c40 = a4.fma(b0, c40);
        c41 = a4.fma(b1, c41);
        FloatVector a5 = FloatVector.broadcast(S, M.get(F, pa + 5 * rowA));
        c50 = a5.fma(b0, c50);
        c51 = a5.fma(b1, c51);
        pa += stepA;
        pb += stepB;
      }
    }
    c00.intoMemorySegment(M, c, LE);
    c01.intoMemorySegment(M, c + V, LE);
    c10.intoMemorySegment(M, c + rowC, LE);
    c11.intoMemorySegment(M, c + rowC + V, LE);
    c20.intoMemorySegment(M, c + 2 * rowC, LE);
    c21.intoMemorySegment(M, c + 2 * rowC + V, LE);
    c30.intoMemorySegment(M, c + 3 * rowC, LE);
    c31.intoMemorySegment(M, c + 3 * rowC + V, LE);
    c40.intoMemorySegment(M, c + 4 * rowC, LE);
    c41.intoMemorySegment(M, c + 4 * rowC + V, LE);
    c50.intoMemorySegment(M, c + 5 * rowC, LE);
    c51.intoMemorySegment(M, c + 5 * rowC + V, LE);
  }

  @Override
  void merge(
      long tile, long rowTile, int height, int columns, long more, long rowMore, long c, long rowC) {
    VectorEdges.merge(tile, rowTile, height, columns, more, rowMore, c, rowC);
  }
}
