package io.github.tsdsr.kernels.cpu;

/**
 * The innermost loop of matrix products and convolutions: one tile (rows x columns) = sum over segments and steps of a
 * column of A times a row of B. Element (r) of A's column at step i of segment s lies at {@code a + s segmentA + r rowA + i
 * stepA}, B's row at {@code b + s segmentB + i stepB}, all addresses and strides in bytes. So A may be row-major or
 * transposed in place, B packed or not, and a convolution's kernel rows are segments.
 *
 * <p>How a tile's sums are ordered depends on k and segments alone. The sums are written and nothing is added to them in
 * that method: it is as long as it may be. HotSpot's first compiler gives up on a method of a few more vectors ("out of virtual
 * registers"), and a method that began while the second compiler was busy then stays in the slowest code for good.
 */
interface TileKernel {
  /** Rows of a tile. */
  int rows();

  /** Columns of a tile. */
  int columns();

  /** Writes a whole tile of sums to c. */
  void run(
      int segments, long segmentA, long segmentB, int k, long a, long rowA, long stepA, long b, long stepB, long c,
      long rowC);

  /**
   * Some of a tile: c = tile + more, all with dense rows that are some bytes apart.
   *
   * @param more what is added, which may be c itself; 0 for nothing
   * @param rowMore bytes between its rows, 0 to add one row to all
   */
  void merge(long tile, long rowTile, int height, int columns, long more, long rowMore, long c, long rowC);
}
