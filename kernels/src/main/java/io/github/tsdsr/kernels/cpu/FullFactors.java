package io.github.tsdsr.kernels.cpu;

import io.github.tsdsr.tensor.DType;

/** Factors in F32. */
final class FullFactors implements Factors {
  @Override
  public int bytes() {
    return 4;
  }

  @Override
  public boolean inPlace(Matrix a) {
    return a.dtype() == DType.F32 && a.columnStride() == 1;
  }

  @Override
  public long rowA(int k) {
    return 4;
  }

  @Override
  public long stepA(int rows) {
    return 4L * rows;
  }

  @Override
  public void rows(Matrix a, int from, int to, int tileRows, long k0, int k, long at) {
    for (int row = from; row < to; row += tileRows) {
      Packing.rows(a, row, tileRows, k0, k, at + 4L * (row - from) * k);
    }
  }

  @Override
  public void copy(long from, int n, long to) {
    OffHeap.copy(from, to, 4L * n);
  }

  @Override
  public void columns(Matrix b, long k0, int k, long from, int width, float factor, long at) {
    Packing.columns(b, k0, k, from, width, factor, at);
  }
}
