package io.github.tsdsr.kernels.cpu;

/**
 * The innermost loop of matrix products and convolutions: one tile c (rows x columns) = sum over segments and steps of a
 * column of A times a row of B. Element (r) of A's column at step i of segment s lies at {@code a + s segmentA + r rowA + i
 * stepA}, B's row at {@code b + s segmentB + i stepB}, all addresses and strides in bytes. So A may be row-major or
 * transposed in place, B packed or not, and a convolution's kernel rows are segments.
 *
 * <p>The whole tile is read and written: callers give it scratch memory at the edges of a matrix. How a tile's sums are
 * ordered depends on k and segments alone.
 */
interface TileKernel {
  /** c is overwritten. */
  int OVERWRITE = 0;

  /** The sums are added to what c holds. */
  int ADD_C = 1;

  /** c becomes the sums plus a row of {@link #columns} bias values. */
  int ADD_BIAS = 2;

  /** Rows of a tile. */
  int rows();

  /** Columns of a tile. */
  int columns();

  void run(
      int segments, long segmentA, long segmentB, int k, long a, long rowA, long stepA, long b, long stepB, long c,
      long rowC,
      int start, long bias);
}
