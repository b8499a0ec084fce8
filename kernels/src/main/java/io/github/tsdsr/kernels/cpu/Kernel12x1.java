package io.github.tsdsr.kernels.cpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A tile of 12 rows by 1 vectors, see {@link TileKernel}. The accumulators are local variables: the compiler keeps them in
 * registers, which it does not do for the elements of an array.
 */
final class Kernel12x1 implements TileKernel {
  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final int V = S.vectorByteSize();
  private static final MemorySegment M = OffHeap.ALL;
  private static final ValueLayout.OfFloat F = OffHeap.FLOAT;
  private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;

  @Override
  public int rows() {
    return 12;
  }

  @Override
  public int columns() {
    return 1 * S.length();
  }

  @Override
  public void run(
      int segments, long segmentA, long segmentB, int k, long a, long rowA, long stepA, long b, long stepB, long c,
      long rowC,
      int start, long bias) {
    FloatVector c00 = FloatVector.zero(S);
    FloatVector c10 = FloatVector.zero(S);
    FloatVector c20 = FloatVector.zero(S);
    FloatVector c30 = FloatVector.zero(S);
    FloatVector c40 = FloatVector.zero(S);
    FloatVector c50 = FloatVector.zero(S);
    FloatVector c60 = FloatVector.zero(S);
    FloatVector c70 = FloatVector.zero(S);
    FloatVector c80 = FloatVector.zero(S);
    FloatVector c90 = FloatVector.zero(S);
    FloatVector c100 = FloatVector.zero(S);
    FloatVector c110 = FloatVector.zero(S);
    for (int s = 0; s < segments; s++) {
      long pa = a + s * segmentA;
      long pb = b + s * segmentB;
      for (int i = 0; i < k; i++) {
        FloatVector b0 = FloatVector.fromMemorySegment(S, M, pb, LE);
        FloatVector a0 = FloatVector.broadcast(S, M.get(F, pa));
        c00 = a0.fma(b0, c00);
        FloatVector a1 = FloatVector.broadcast(S, M.get(F, pa + rowA));
        c10 = a1.fma(b0, c10);
        FloatVector a2 = FloatVector.broadcast(S, M.get(F, pa + 2 * rowA));
        c20 = a2.fma(b0, c20);
        FloatVector a3 = FloatVector.broadcast(S, M.get(F, pa + 3 * rowA));
        c30 = a3.fma(b0, c30);
        FloatVector a4 = FloatVector.broadcast(S, M.get(F, pa + 4 * rowA));
        c40 = a4.fma(b0, c40);
        FloatVector a5 = FloatVector.broadcast(S, M.get(F, pa + 5 * rowA));
        c50 = a5.fma(b0, c50);
        FloatVector a6 = FloatVector.broadcast(S, M.get(F, pa + 6 * rowA));
        c60 = a6.fma(b0, c60);
        FloatVector a7 = FloatVector.broadcast(S, M.get(F, pa + 7 * rowA));
        c70 = a7.fma(b0, c70);
        FloatVector a8 = FloatVector.broadcast(S, M.get(F, pa + 8 * rowA));
        c80 = a8.fma(b0, c80);
        FloatVector a9 = FloatVector.broadcast(S, M.get(F, pa + 9 * rowA));
        c90 = a9.fma(b0, c90);
        FloatVector a10 = FloatVector.broadcast(S, M.get(F, pa + 10 * rowA));
        c100 = a10.fma(b0, c100);
        FloatVector a11 = FloatVector.broadcast(S, M.get(F, pa + 11 * rowA));
        c110 = a11.fma(b0, c110);
        pa += stepA;
        pb += stepB;
      }
    }
    if (start == ADD_BIAS) {
      FloatVector v0 = FloatVector.fromMemorySegment(S, M, bias, LE);
      c00 = c00.add(v0);
      c10 = c10.add(v0);
      c20 = c20.add(v0);
      c30 = c30.add(v0);
      c40 = c40.add(v0);
      c50 = c50.add(v0);
      c60 = c60.add(v0);
      c70 = c70.add(v0);
      c80 = c80.add(v0);
      c90 = c90.add(v0);
      c100 = c100.add(v0);
      c110 = c110.add(v0);
    } else if (start == ADD_C) {
      c00 = c00.add(FloatVector.fromMemorySegment(S, M, c, LE));
      c10 = c10.add(FloatVector.fromMemorySegment(S, M, c + rowC, LE));
      c20 = c20.add(FloatVector.fromMemorySegment(S, M, c + 2 * rowC, LE));
      c30 = c30.add(FloatVector.fromMemorySegment(S, M, c + 3 * rowC, LE));
      c40 = c40.add(FloatVector.fromMemorySegment(S, M, c + 4 * rowC, LE));
      c50 = c50.add(FloatVector.fromMemorySegment(S, M, c + 5 * rowC, LE));
      c60 = c60.add(FloatVector.fromMemorySegment(S, M, c + 6 * rowC, LE));
      c70 = c70.add(FloatVector.fromMemorySegment(S, M, c + 7 * rowC, LE));
      c80 = c80.add(FloatVector.fromMemorySegment(S, M, c + 8 * rowC, LE));
      c90 = c90.add(FloatVector.fromMemorySegment(S, M, c + 9 * rowC, LE));
      c100 = c100.add(FloatVector.fromMemorySegment(S, M, c + 10 * rowC, LE));
      c110 = c110.add(FloatVector.fromMemorySegment(S, M, c + 11 * rowC, LE));
    }
    c00.intoMemorySegment(M, c, LE);
    c10.intoMemorySegment(M, c + rowC, LE);
    c20.intoMemorySegment(M, c + 2 * rowC, LE);
    c30.intoMemorySegment(M, c + 3 * rowC, LE);
    c40.intoMemorySegment(M, c + 4 * rowC, LE);
    c50.intoMemorySegment(M, c + 5 * rowC, LE);
    c60.intoMemorySegment(M, c + 6 * rowC, LE);
    c70.intoMemorySegment(M, c + 7 * rowC, LE);
    c80.intoMemorySegment(M, c + 8 * rowC, LE);
    c90.intoMemorySegment(M, c + 9 * rowC, LE);
    c100.intoMemorySegment(M, c + 10 * rowC, LE);
    c110.intoMemorySegment(M, c + 11 * rowC, LE);
  }
}
