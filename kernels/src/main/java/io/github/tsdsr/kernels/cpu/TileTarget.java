package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.get;
import static io.github.tsdsr.kernels.cpu.OffHeap.set;

/**
 * What becomes of a tile's sums: they overwrite the result, are added to it, or get a bias; and only the part of the tile
 * that lies inside the result is taken.
 */
enum TileTarget {
  /** The result is overwritten. */
  OVERWRITE,
  /** The sums are added to the result. */
  ADD,
  /** The result becomes the sums plus a row of bias values. */
  BIAS;

  /**
   * Runs a kernel, see {@link TileKernel#run}.
   *
   * @param height rows of the tile that lie inside the result
   * @param columns columns of it that do
   * @param c the result
   * @param rowC bytes between its rows
   * @param stepC bytes between its columns
   * @param bias the address of a bias value for every column
   * @param scratch the address of room for a whole tile
   */
  void run(
      TileKernel kernel, int segments, long segmentA, long segmentB, int k, long a, long rowA, long stepA, long b,
      long stepB, int height, int columns, long c, long rowC, long stepC, long bias, long scratch) {
    boolean dense = stepC == 4;
    boolean direct = dense && height == kernel.rows() && columns == kernel.columns() && this != ADD;
    long to = direct ? c : scratch;
    long rowTo = direct ? rowC : 4L * kernel.columns();
    kernel.run(segments, segmentA, segmentB, k, a, rowA, stepA, b, stepB, to, rowTo);
    if (!dense) {
      if (this == BIAS) {
        kernel.merge(to, rowTo, height, columns, bias, 0, to, rowTo);
      }
      scatter(to, rowTo, height, columns, c, rowC, stepC);
    } else if (this == ADD) {
      kernel.merge(to, rowTo, height, columns, c, rowC, c, rowC);
    } else if (this == BIAS) {
      kernel.merge(to, rowTo, height, columns, bias, 0, c, rowC);
    } else if (!direct) {
      kernel.merge(to, rowTo, height, columns, 0, 0, c, rowC);
    }
  }

  private void scatter(long tile, long rowTile, int height, int columns, long c, long rowC, long stepC) {
    for (int i = 0; i < height; i++) {
      for (int j = 0; j < columns; j++) {
        long at = c + i * rowC + j * stepC;
        float v = get(tile + i * rowTile + 4L * j);
        set(at, this == ADD ? get(at) + v : v);
      }
    }
  }
}
