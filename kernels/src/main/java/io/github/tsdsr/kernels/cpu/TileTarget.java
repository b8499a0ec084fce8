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
   * Runs a kernel over a column of tiles, see {@link TileKernel#run}.
   *
   * @param tileA bytes from one tile's rows of A to the next one's
   * @param height rows of the result
   * @param columns columns of it, at most a tile's
   * @param c the result
   * @param rowC bytes between its rows
   * @param stepC bytes between its columns
   * @param bias the address of a bias value for every column
   * @param scratch the address of room for a whole tile
   */
  void run(
      TileKernel kernel, int segments, long segmentA, long segmentB, int k, long a, long rowA, long stepA, long tileA,
      long b, long stepB, int height, int columns, long c, long rowC, long stepC, long bias, long scratch) {
    if (stepC == 4) {
      long more = switch (this) {
        case OVERWRITE -> 0;
        case ADD -> c;
        case BIAS -> bias;
      };
      kernel.run(
          segments, segmentA, segmentB, k, a, rowA, stepA, tileA, b, stepB, height, columns, more,
          this == ADD ? rowC : 0, c, rowC, scratch);
      return;
    }
    long rowTile = 4L * kernel.columns();
    long from = a;
    for (int row = 0; row < height; row += kernel.rows()) {
      int wanted = Math.min(kernel.rows(), height - row);
      kernel.run(
          segments, segmentA, segmentB, k, from, rowA, stepA, 0, b, stepB, kernel.rows(), kernel.columns(), 0, 0,
          scratch, rowTile, scratch);
      scatter(scratch, rowTile, wanted, columns, c + row * rowC, rowC, stepC, this == BIAS ? bias : 0);
      from += tileA;
    }
  }

  private void scatter(
      long tile, long rowTile, int height, int columns, long c, long rowC, long stepC, long bias) {
    for (int i = 0; i < height; i++) {
      for (int j = 0; j < columns; j++) {
        long at = c + i * rowC + j * stepC;
        float sum = get(tile + i * rowTile + 4L * j);
        set(at, switch (this) {
          case OVERWRITE -> sum;
          case ADD -> get(at) + sum;
          case BIAS -> sum + get(bias + 4L * j);
        });
      }
    }
  }
}
