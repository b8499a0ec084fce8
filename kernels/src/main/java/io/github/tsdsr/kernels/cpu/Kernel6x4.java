package io.github.tsdsr.kernels.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A tile of 6 rows by 4 vectors, see {@link TileKernel}. The accumulators are local variables: the compiler keeps them in
 * registers, which it does not do for the elements of an array.
 */
final class Kernel6x4 implements TileKernel {
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
    return 4 * S.length();
  }

  @Override
  public void run(
      int segments, long segmentA, long segmentB, int k, long a, long rowA, long stepA, long b, long stepB, long c,
      long rowC,
      int start, long bias) {
    FloatVector c00 = FloatVector.zero(S), c01 = FloatVector.zero(S), c02 = FloatVector.zero(S),
        c03 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S), c11 = FloatVector.zero(S), c12 = FloatVector.zero(S),
        c13 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S), c21 = FloatVector.zero(S), c22 = FloatVector.zero(S),
        c23 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S), c31 = FloatVector.zero(S), c32 = FloatVector.zero(S),
        c33 = FloatVector.zero(S);
    FloatVector c40 = FloatVector.zero(S), c41 = FloatVector.zero(S), c42 = FloatVector.zero(S),
        c43 = FloatVector.zero(S);
    FloatVector c50 = FloatVector.zero(S), c51 = FloatVector.zero(S), c52 = FloatVector.zero(S),
        c53 = FloatVector.zero(S);
    for (int s = 0; s < segments; s++) {
      long pa = a + s * segmentA;
      long pb = b + s * segmentB;
      for (int i = 0; i < k; i++) {
        FloatVector b0 = FloatVector.fromMemorySegment(S, M, pb, LE);
        FloatVector b1 = FloatVector.fromMemorySegment(S, M, pb + V, LE);
        FloatVector b2 = FloatVector.fromMemorySegment(S, M, pb + 2 * V, LE);
        FloatVector b3 = FloatVector.fromMemorySegment(S, M, pb + 3 * V, LE);
        FloatVector a0 = FloatVector.broadcast(S, M.get(F, pa));
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        c02 = a0.fma(b2, c02);
        c03 = a0.fma(b3, c03);
        FloatVector a1 = FloatVector.broadcast(S, M.get(F, pa + rowA));
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        c12 = a1.fma(b2, c12);
        c13 = a1.fma(b3, c13);
        FloatVector a2 = FloatVector.broadcast(S, M.get(F, pa + 2 * rowA));
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        c22 = a2.fma(b2, c22);
        c23 = a2.fma(b3, c23);
        FloatVector a3 = FloatVector.broadcast(S, M.get(F, pa + 3 * rowA));
        c30 = a3.fma(b0, c30);
        c31 = a3.fma(b1, c31);
        c32 = a3.fma(b2, c32);
        c33 = a3.fma(b3, c33);
        FloatVector a4 = FloatVector.broadcast(S, M.get(F, pa + 4 * rowA));
        c40 = a4.fma(b0, c40);
        c41 = a4.fma(b1, c41);
        c42 = a4.fma(b2, c42);
        c43 = a4.fma(b3, c43);
        FloatVector a5 = FloatVector.broadcast(S, M.get(F, pa + 5 * rowA));
        c50 = a5.fma(b0, c50);
        c51 = a5.fma(b1, c51);
        c52 = a5.fma(b2, c52);
        c53 = a5.fma(b3, c53);
        pa += stepA;
        pb += stepB;
      }
    }
    if (start == ADD_BIAS) {
      FloatVector v0 = FloatVector.fromMemorySegment(S, M, bias, LE);
      FloatVector v1 = FloatVector.fromMemorySegment(S, M, bias + V, LE);
      FloatVector v2 = FloatVector.fromMemorySegment(S, M, bias + 2 * V, LE);
      FloatVector v3 = FloatVector.fromMemorySegment(S, M, bias + 3 * V, LE);
      c00 = c00.add(v0);
      c01 = c01.add(v1);
      c02 = c02.add(v2);
      c03 = c03.add(v3);
      c10 = c10.add(v0);
      c11 = c11.add(v1);
      c12 = c12.add(v2);
      c13 = c13.add(v3);
      c20 = c20.add(v0);
      c21 = c21.add(v1);
      c22 = c22.add(v2);
      c23 = c23.add(v3);
      c30 = c30.add(v0);
      c31 = c31.add(v1);
      c32 = c32.add(v2);
      c33 = c33.add(v3);
      c40 = c40.add(v0);
      c41 = c41.add(v1);
      c42 = c42.add(v2);
      c43 = c43.add(v3);
      c50 = c50.add(v0);
      c51 = c51.add(v1);
      c52 = c52.add(v2);
      c53 = c53.add(v3);
    } else if (start == ADD_C) {
      c00 = c00.add(FloatVector.fromMemorySegment(S, M, c, LE));
      c01 = c01.add(FloatVector.fromMemorySegment(S, M, c + V, LE));
      c02 = c02.add(FloatVector.fromMemorySegment(S, M, c + 2 * V, LE));
      c03 = c03.add(FloatVector.fromMemorySegment(S, M, c + 3 * V, LE));
      c10 = c10.add(FloatVector.fromMemorySegment(S, M, c + rowC, LE));
      c11 = c11.add(FloatVector.fromMemorySegment(S, M, c + rowC + V, LE));
      c12 = c12.add(FloatVector.fromMemorySegment(S, M, c + rowC + 2 * V, LE));
      c13 = c13.add(FloatVector.fromMemorySegment(S, M, c + rowC + 3 * V, LE));
      c20 = c20.add(FloatVector.fromMemorySegment(S, M, c + 2 * rowC, LE));
      c21 = c21.add(FloatVector.fromMemorySegment(S, M, c + 2 * rowC + V, LE));
      c22 = c22.add(FloatVector.fromMemorySegment(S, M, c + 2 * rowC + 2 * V, LE));
      c23 = c23.add(FloatVector.fromMemorySegment(S, M, c + 2 * rowC + 3 * V, LE));
      c30 = c30.add(FloatVector.fromMemorySegment(S, M, c + 3 * rowC, LE));
      c31 = c31.add(FloatVector.fromMemorySegment(S, M, c + 3 * rowC + V, LE));
      c32 = c32.add(FloatVector.fromMemorySegment(S, M, c + 3 * rowC + 2 * V, LE));
      c33 = c33.add(FloatVector.fromMemorySegment(S, M, c + 3 * rowC + 3 * V, LE));
      c40 = c40.add(FloatVector.fromMemorySegment(S, M, c + 4 * rowC, LE));
      c41 = c41.add(FloatVector.fromMemorySegment(S, M, c + 4 * rowC + V, LE));
      c42 = c42.add(FloatVector.fromMemorySegment(S, M, c + 4 * rowC + 2 * V, LE));
      c43 = c43.add(FloatVector.fromMemorySegment(S, M, c + 4 * rowC + 3 * V, LE));
      c50 = c50.add(FloatVector.fromMemorySegment(S, M, c + 5 * rowC, LE));
      c51 = c51.add(FloatVector.fromMemorySegment(S, M, c + 5 * rowC + V, LE));
      c52 = c52.add(FloatVector.fromMemorySegment(S, M, c + 5 * rowC + 2 * V, LE));
      c53 = c53.add(FloatVector.fromMemorySegment(S, M, c + 5 * rowC + 3 * V, LE));
    }
    c00.intoMemorySegment(M, c, LE);
    c01.intoMemorySegment(M, c + V, LE);
    c02.intoMemorySegment(M, c + 2 * V, LE);
    c03.intoMemorySegment(M, c + 3 * V, LE);
    c10.intoMemorySegment(M, c + rowC, LE);
    c11.intoMemorySegment(M, c + rowC + V, LE);
    c12.intoMemorySegment(M, c + rowC + 2 * V, LE);
    c13.intoMemorySegment(M, c + rowC + 3 * V, LE);
    c20.intoMemorySegment(M, c + 2 * rowC, LE);
    c21.intoMemorySegment(M, c + 2 * rowC + V, LE);
    c22.intoMemorySegment(M, c + 2 * rowC + 2 * V, LE);
    c23.intoMemorySegment(M, c + 2 * rowC + 3 * V, LE);
    c30.intoMemorySegment(M, c + 3 * rowC, LE);
    c31.intoMemorySegment(M, c + 3 * rowC + V, LE);
    c32.intoMemorySegment(M, c + 3 * rowC + 2 * V, LE);
    c33.intoMemorySegment(M, c + 3 * rowC + 3 * V, LE);
    c40.intoMemorySegment(M, c + 4 * rowC, LE);
    c41.intoMemorySegment(M, c + 4 * rowC + V, LE);
    c42.intoMemorySegment(M, c + 4 * rowC + 2 * V, LE);
    c43.intoMemorySegment(M, c + 4 * rowC + 3 * V, LE);
    c50.intoMemorySegment(M, c + 5 * rowC, LE);
    c51.intoMemorySegment(M, c + 5 * rowC + V, LE);
    c52.intoMemorySegment(M, c + 5 * rowC + 2 * V, LE);
    c53.intoMemorySegment(M, c + 5 * rowC + 3 * V, LE);
  }
}
