package io.github.tsdsr.kernels.cpu;

/**
 * The innermost loops of matrix products and convolutions: tiles (rows x columns), each the sum over segments and steps of a
 * column of A times a row of B. Element (r) of A's column at step i of segment s of tile t lies at {@code a + t tileA + s segmentA +
 * r rowA + i stepA}, B's row at {@code b + s segmentB + i stepB}, all addresses and strides in bytes. So A may be
 * row-major or transposed in place, B packed or not, and a convolution's kernel rows are segments.
 *
 * <p>How a tile's sums are ordered depends on k and segments alone: every implementation gives the same bytes. Whole tiles are
 * read of A and B, whatever part of them is wanted. Nothing is checked.
 */
interface TileKernel {
  /** Rows of a tile. */
  int rows();

  /** Columns of a tile. */
  int columns();

  /**
   * As many tiles, one below the other, as {@code height} rows take: c = sums + more, with dense rows that are some bytes apart.
   *
   * @param columns how many are wanted, at most a tile's
   * @param more what is added, which may be c itself; 0 for nothing
   * @param rowMore bytes between its rows, 0 to add one row to all
   * @param tile room for one tile, which is used unless all of it is wanted and nothing is added
   */
  void run(
      int segments, long segmentA, long segmentB, int k, long a, long rowA, long stepA, long tileA, long b, long stepB,
      int height, int columns, long more, long rowMore, long c, long rowC, long tile);
}
