package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.get;
import static io.github.tsdsr.kernels.cpu.OffHeap.set;

/** Takes over the part of a tile that lies inside its matrix. */
final class Edges {
  private Edges() {}

  /**
   * @param tile the whole tile, {@code width} floats a row
   * @param height rows to take
   * @param columns columns to take
   * @param c where they go
   * @param rowC bytes between rows there
   * @param stepC bytes between columns there
   * @param add whether they are added to what is there
   */
  static void merge(long tile, int width, int height, int columns, long c, long rowC, long stepC, boolean add) {
    for (int i = 0; i < height; i++) {
      for (int j = 0; j < columns; j++) {
        long to = c + i * rowC + j * stepC;
        float v = get(tile + 4L * (i * width + j));
        set(to, add ? get(to) + v : v);
      }
    }
  }
}
