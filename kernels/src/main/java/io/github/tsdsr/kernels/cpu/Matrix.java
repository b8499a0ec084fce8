package io.github.tsdsr.kernels.cpu;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Tensor;

/**
 * A matrix in memory: F32, BF16 or F16, any strides (in elements).
 */
record Matrix(long address, DType dtype, long rows, long columns, long rowStride, long columnStride) {
  /** The last two axes of a tensor, at an offset of its leading axes in elements. */
  static Matrix of(Tensor t, long offset) {
    return new Matrix(
        OffHeap.address(t) + offset * t.dtype().bytes(), t.dtype(), t.size(-2), t.size(-1), t.layout().stride(-2),
        t.layout().stride(-1));
  }

  /** The same numbers, rows as columns. */
  Matrix transposed() {
    return new Matrix(address, dtype, columns, rows, columnStride, rowStride);
  }

  static boolean readable(Tensor t) {
    return switch (t.dtype()) {
      case F32, BF16, F16 -> true;
      default -> false;
    };
  }
}
