package io.github.tsdsr.kernels.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A tile of 12 rows by 1 vector, see {@link TileKernel}. Two addresses walk through A: one with eleven distances from it
 * would take more address registers than there are.
 */
final class Kernel12x1 extends JavaTile {
  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final MemorySegment M = OffHeap.ALL;
  private static final ValueLayout.OfFloat F = OffHeap.FLOAT;
  private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;

  @Override
  public int rows() {
    return 12;
  }

  @Override
  public int columns() {
    return S.length();
  }

  @Override
  void sum(
      int segments, long segmentA, long segmentB, int k, long a, long rowA, long stepA, long b, long stepB, long c,
      long rowC) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector c0 = zero, c1 = zero, c2 = zero, c3 = zero, c4 = zero, c5 = zero;
    FloatVector c6 = zero, c7 = zero, c8 = zero, c9 = zero, c10 = zero, c11 = zero;
    for (int s = 0; s < segments; s++) {
      long pa = a + s * segmentA;
      long qa = pa + 6 * rowA;
      long pb = b + s * segmentB;
      for (int i = 0; i < k; i++) {
        FloatVector b0 = FloatVector.fromMemorySegment(S, M, pb, LE);
        FloatVector a0 = FloatVector.broadcast(S, M.get(F, pa));
        c0 = a0.fma(b0, c0);
        FloatVector a1 = FloatVector.broadcast(S, M.get(F, pa + rowA));
        c1 = a1.fma(b0, c1);
        FloatVector a2 = FloatVector.broadcast(S, M.get(F, pa + 2 * rowA));
        c2 = a2.fma(b0, c2);
        FloatVector a3 = FloatVector.broadcast(S, M.get(F, pa + 3 * rowA));
        c3 = a3.fma(b0, c3);
        FloatVector a4 = FloatVector.broadcast(S, M.get(F, pa + 4 * rowA));
        c4 = a4.fma(b0, c4);
        FloatVector a5 = FloatVector.broadcast(S, M.get(F, pa + 5 * rowA));
        c5 = a5.fma(b0, c5);
        FloatVector a6 = FloatVector.broadcast(S, M.get(F, qa));
        c6 = a6.fma(b0, c6);
        FloatVector a7 = FloatVector.broadcast(S, M.get(F, qa + rowA));
        c7 = a7.fma(b0, c7);
        FloatVector a8 = FloatVector.broadcast(S, M.get(F, qa + 2 * rowA));
        c8 = a8.fma(b0, c8);
        FloatVector a9 = FloatVector.broadcast(S, M.get(F, qa + 3 * rowA));
        c9 = a9.fma(b0, c9);
        FloatVector a10 = FloatVector.broadcast(S, M.get(F, qa + 4 * rowA));
        c10 = a10.fma(b0, c10);
        FloatVector a11 = FloatVector.broadcast(S, M.get(F, qa + 5 * rowA));
        c11 = a11.fma(b0, c11);
        pa += stepA;
        qa += stepA;
        pb += stepB;
      }
    }
    c0.intoMemorySegment(M, c, LE);
    c1.intoMemorySegment(M, c + rowC, LE);
    c2.intoMemorySegment(M, c + 2 * rowC, LE);
    c3.intoMemorySegment(M, c + 3 * rowC, LE);
    c4.intoMemorySegment(M, c + 4 * rowC, LE);
    c5.intoMemorySegment(M, c + 5 * rowC, LE);
    c6.intoMemorySegment(M, c + 6 * rowC, LE);
    c7.intoMemorySegment(M, c + 7 * rowC, LE);
    c8.intoMemorySegment(M, c + 8 * rowC, LE);
    c9.intoMemorySegment(M, c + 9 * rowC, LE);
    c10.intoMemorySegment(M, c + 10 * rowC, LE);
    c11.intoMemorySegment(M, c + 11 * rowC, LE);
  }

  @Override
  void merge(
      long tile, long rowTile, int height, int columns, long more, long rowMore, long c, long rowC) {
    VectorEdges.merge(tile, rowTile, height, columns, more, rowMore, c, rowC);
  }
}
