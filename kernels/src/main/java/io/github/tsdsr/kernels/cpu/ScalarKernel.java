package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.get;
import static io.github.tsdsr.kernels.cpu.OffHeap.set;

/** A tile of 4 rows by 4 columns without vectors, for Java runs without the module jdk.incubator.vector. */
final class ScalarKernel extends JavaTile {
  @Override
  public int rows() {
    return 4;
  }

  @Override
  public int columns() {
    return 4;
  }

  @Override
  void sum(
      int segments, long segmentA, long segmentB, int k, long a, long rowA, long stepA, long b, long stepB, long c,
      long rowC) {
    for (int r = 0; r < 4; r++) {
      float c0 = 0;
      float c1 = 0;
      float c2 = 0;
      float c3 = 0;
      for (int s = 0; s < segments; s++) {
        long pa = a + s * segmentA + r * rowA;
        long pb = b + s * segmentB;
        for (int i = 0; i < k; i++) {
          float x = get(pa);
          c0 = Math.fma(x, get(pb), c0);
          c1 = Math.fma(x, get(pb + 4), c1);
          c2 = Math.fma(x, get(pb + 8), c2);
          c3 = Math.fma(x, get(pb + 12), c3);
          pa += stepA;
          pb += stepB;
        }
      }
      long row = c + r * rowC;
      set(row, c0);
      set(row + 4, c1);
      set(row + 8, c2);
      set(row + 12, c3);
    }
  }

  @Override
  void merge(
      long tile, long rowTile, int height, int columns, long more, long rowMore, long c, long rowC) {
    for (int r = 0; r < height; r++) {
      for (int i = 0; i < columns; i++) {
        float sum = get(tile + r * rowTile + 4L * i);
        set(c + r * rowC + 4L * i, more == 0 ? sum : sum + get(more + r * rowMore + 4L * i));
      }
    }
  }
}
