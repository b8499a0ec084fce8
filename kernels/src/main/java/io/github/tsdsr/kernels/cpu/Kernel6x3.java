package io.github.tsdsr.kernels.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A tile of 6 rows by 3 vectors, see {@link TileKernel}. The accumulators are local variables: the compiler keeps them in
 * registers, which it does not do for the elements of an array. It loads all of a step's operands before the first
 * product: 18 accumulators and 9 operands fit into 32 registers, the 24 and 10 of a tile of 6 by 4 do not, and spilling halves
 * the speed.
 */
final class Kernel6x3 extends JavaTile {
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
    return 3 * S.length();
  }

  @Override
  void sum(
      int segments, long segmentA, long segmentB, int k, long a, long rowA, long stepA, long b, long stepB, long c,
      long rowC) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector c00 = zero, c01 = zero, c02 = zero;
    FloatVector c10 = zero, c11 = zero, c12 = zero;
    FloatVector c20 = zero, c21 = zero, c22 = zero;
    FloatVector c30 = zero, c31 = zero, c32 = zero;
    FloatVector c40 = zero, c41 = zero, c42 = zero;
    FloatVector c50 = zero, c51 = zero, c52 = zero;
    for (int s = 0; s < segments; s++) {
      long pa = a + s * segmentA;
      long pb = b + s * segmentB;
      for (int i = 0; i < k; i++) {
        FloatVector b0 = FloatVector.fromMemorySegment(S, M, pb, LE);
        FloatVector b1 = FloatVector.fromMemorySegment(S, M, pb + V, LE);
        FloatVector b2 = FloatVector.fromMemorySegment(S, M, pb + 2 * V, LE);
        FloatVector a0 = FloatVector.broadcast(S, M.get(F, pa));
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        c02 = a0.fma(b2, c02);
        FloatVector a1 = FloatVector.broadcast(S, M.get(F, pa + rowA));
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        c12 = a1.fma(b2, c12);
        FloatVector a2 = FloatVector.broadcast(S, M.get(F, pa + 2 * rowA));
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        c22 = a2.fma(b2, c22);
        FloatVector a3 = FloatVector.broadcast(S, M.get(F, pa + 3 * rowA));
        c30 = a3.fma(b0, c30);
        c31 = a3.fma(b1, c31);
        c32 = a3.fma(b2, c32);
        FloatVector a4 = FloatVector.broadcast(S, M.get(F, pa + 4 * rowA));
        c40 = a4.fma(b0, c40);
        c41 = a4.fma(b1, c41);
        c42 = a4.fma(b2, c42);
        FloatVector a5 = FloatVector.broadcast(S, M.get(F, pa + 5 * rowA));
        c50 = a5.fma(b0, c50);
        c51 = a5.fma(b1, c51);
        c52 = a5.fma(b2, c52);
        pa += stepA;
        pb += stepB;
      }
    }
    c00.intoMemorySegment(M, c, LE);
    c01.intoMemorySegment(M, c + V, LE);
    c02.intoMemorySegment(M, c + 2 * V, LE);
    c10.intoMemorySegment(M, c + rowC, LE);
    c11.intoMemorySegment(M, c + rowC + V, LE);
    c12.intoMemorySegment(M, c + rowC + 2 * V, LE);
    c20.intoMemorySegment(M, c + 2 * rowC, LE);
    c21.intoMemorySegment(M, c + 2 * rowC + V, LE);
    c22.intoMemorySegment(M, c + 2 * rowC + 2 * V, LE);
    c30.intoMemorySegment(M, c + 3 * rowC, LE);
    c31.intoMemorySegment(M, c + 3 * rowC + V, LE);
    c32.intoMemorySegment(M, c + 3 * rowC + 2 * V, LE);
    c40.intoMemorySegment(M, c + 4 * rowC, LE);
    c41.intoMemorySegment(M, c + 4 * rowC + V, LE);
    c42.intoMemorySegment(M, c + 4 * rowC + 2 * V, LE);
    c50.intoMemorySegment(M, c + 5 * rowC, LE);
    c51.intoMemorySegment(M, c + 5 * rowC + V, LE);
    c52.intoMemorySegment(M, c + 5 * rowC + 2 * V, LE);
  }

  @Override
  void merge(
      long tile, long rowTile, int height, int columns, long more, long rowMore, long c, long rowC) {
    VectorEdges.merge(tile, rowTile, height, columns, more, rowMore, c, rowC);
  }
}
