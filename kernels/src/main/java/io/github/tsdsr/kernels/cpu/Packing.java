package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.ALL;
import static io.github.tsdsr.kernels.cpu.OffHeap.FLOAT;
import static io.github.tsdsr.kernels.cpu.OffHeap.INT;
import static io.github.tsdsr.kernels.cpu.OffHeap.LONG;
import static io.github.tsdsr.kernels.cpu.OffHeap.SHORT;

import io.github.tsdsr.tensor.DType;

/** Copies parts of matrices into the order in which tile kernels read them, widening half precision on the way. */
final class Packing {
  /** Rows that are transposed together: their lines stay in the first-level cache. */
  private static final int BLOCK = 16;

  private Packing() {}

  /**
   * Columns {@code from} to {@code from + width} of rows {@code k0} to {@code k0 + k} of B, times a factor: row after row, {@code
   * width} floats each, zeros beyond the last column.
   */
  static void columns(Matrix b, long k0, int k, long from, int width, float factor, long to) {
    int valid = (int) Math.min(width, b.columns() - from);
    long base = b.address() + (k0 * b.rowStride() + from * b.columnStride()) * b.dtype().bytes();
    long rowBytes = b.rowStride() * b.dtype().bytes();
    long columnBytes = b.columnStride() * b.dtype().bytes();
    if (valid < width) {
      OffHeap.zero(to, 4L * k * width);
    }
    if (b.dtype() == DType.F32 && b.columnStride() == 1 && factor == 1) {
      for (int i = 0; i < k; i++) {
        OffHeap.copy(base + i * rowBytes, to + 4L * i * width, 4L * valid);
      }
    } else if (b.columnStride() == 1) {
      for (int i = 0; i < k; i++) {
        run(b.dtype(), base + i * rowBytes, columnBytes, valid, factor, to + 4L * i * width, 4);
      }
    } else {
      boolean four = factor == 1 && b.rowStride() == 1 && b.dtype() != DType.F16;
      for (int i = 0; i < k; i += BLOCK) {
        int rows = Math.min(BLOCK, k - i);
        if (four && rows == BLOCK) {
          block(b.dtype(), base + i * rowBytes, columnBytes, valid, to + 4L * i * width, 4L * width);
          continue;
        }
        for (int j = 0; j < valid; j++) {
          run(b.dtype(), base + i * rowBytes + j * columnBytes, rowBytes, rows, factor,
              to + 4L * (i * (long) width + j), 4L * width);
        }
      }
    }
  }

  /** A block of rows that lie one after the other in each column, n columns: eight bytes at a time, as bits. */
  private static void block(DType dtype, long from, long columnBytes, int n, long to, long width) {
    for (int j = 0; j < n; j++) {
      long column = from + j * columnBytes;
      long at = to + 4L * j;
      if (dtype == DType.BF16) {
        for (int i = 0; i < BLOCK; i += 4) {
          long v = ALL.get(LONG, column + 2L * i);
          long row = at + i * width;
          ALL.set(INT, row, (int) v << 16);
          ALL.set(INT, row + width, (int) v & 0xffff0000);
          ALL.set(INT, row + 2 * width, (int) (v >>> 16) & 0xffff0000);
          ALL.set(INT, row + 3 * width, (int) (v >>> 32) & 0xffff0000);
        }
      } else {
        for (int i = 0; i < BLOCK; i += 2) {
          long v = ALL.get(LONG, column + 4L * i);
          long row = at + i * width;
          ALL.set(INT, row, (int) v);
          ALL.set(INT, row + width, (int) (v >>> 32));
        }
      }
    }
  }

  /**
   * Rows {@code from} to {@code from + height} and columns {@code k0} to {@code k0 + k} of A: column after column, {@code height}
   * floats each, zeros beyond the last row.
   */
  static void rows(Matrix a, long from, int height, long k0, int k, long to) {
    columns(a.transposed(), k0, k, from, height, 1, to);
  }

  /** n elements from one progression of addresses to another. */
  private static void run(DType dtype, long from, long step, int n, float factor, long to, long toStep) {
    switch (dtype) {
      case F32 -> {
        for (int i = 0; i < n; i++) {
          ALL.set(FLOAT, to + i * toStep, factor * ALL.get(FLOAT, from + i * step));
        }
      }
      case BF16 -> {
        for (int i = 0; i < n; i++) {
          ALL.set(FLOAT, to + i * toStep, factor * Float.intBitsToFloat(ALL.get(SHORT, from + i * step) << 16));
        }
      }
      case F16 -> {
        for (int i = 0; i < n; i++) {
          ALL.set(FLOAT, to + i * toStep, factor * Float.float16ToFloat(ALL.get(SHORT, from + i * step)));
        }
      }
      default -> throw new IllegalArgumentException("no packing of " + dtype);
    }
  }
}
