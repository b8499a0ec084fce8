package io.github.tsdsr.kernels.cpu;

/**
 * A tile whose loop is in Java. HotSpot's first compiler gives up on a method of a few more vectors than these have ("out of virtual
 * registers"), and a method that began while the second compiler was busy then stays in the slowest code for good: so a
 * loop writes its sums, and what is added to them is added by another method.
 */
abstract class JavaTile implements TileKernel {
  /** Writes a whole tile of sums to c. */
  abstract void sum(
      int segments, long segmentA, long segmentB, int k, long a, long rowA, long stepA, long b, long stepB, long c,
      long rowC);

  /** Some of a tile: c = tile + more, as {@link TileKernel#run} has it. */
  abstract void merge(
      long tile, long rowTile, int height, int columns, long more, long rowMore, long c, long rowC);

  @Override
  public final void run(
      int segments, long segmentA, long segmentB, int k, long a, long rowA, long stepA, long tileA, long b, long stepB,
      int height, int columns, long more, long rowMore, long c, long rowC, long tile) {
    int rows = rows();
    long rowTile = 4L * columns();
    long from = a;
    for (int row = 0; row < height; row += rows) {
      int wanted = Math.min(rows, height - row);
      long to = c + row * rowC;
      if (more == 0 && wanted == rows && columns == columns()) {
        sum(segments, segmentA, segmentB, k, from, rowA, stepA, b, stepB, to, rowC);
      } else {
        sum(segments, segmentA, segmentB, k, from, rowA, stepA, b, stepB, tile, rowTile);
        merge(tile, rowTile, wanted, columns, more == 0 ? 0 : more + row * rowMore, rowMore, to, rowC);
      }
      from += tileA;
    }
  }
}
