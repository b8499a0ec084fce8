package io.github.tsdsr.kernels.cpu;

import io.github.tsdsr.tensor.Tensor;

/** Tiles of 2x2 pixels that cover pictures, row by row; the last of a row or column may reach beyond the picture. */
record WinogradTiles(int pictures, int down, int across) {
  static WinogradTiles over(Tensor t) {
    return new WinogradTiles((int) t.size(0), Math.ceilDiv((int) t.size(1), 2), Math.ceilDiv((int) t.size(2), 2));
  }

  int count() {
    return Math.multiplyExact(pictures, Math.multiplyExact(down, across));
  }

  /**
   * The pixels of a tensor that belong to a tile.
   *
   * @param above rows between the first of them and the tile's first
   * @param left columns between them
   * @param side of the square
   * @param room for a copy of the square, dense
   */
  Square square(Tensor t, int tile, int above, int left, int side, long room) {
    int row = 2 * (tile / across % down) - above;
    int column = 2 * (tile % across) - left;
    boolean inside = row >= 0 && column >= 0 && row + side <= t.size(1) && column + side <= t.size(2);
    return new Square(t, tile / across / down, row, column, side, inside, room);
  }

  /** Pixels of an F32 tensor, channels last: where they lie or, if some lie outside, in a copy. */
  record Square(Tensor t, int picture, int row, int column, int side, boolean inside, long room) {
    private long channels() {
      return 4 * t.size(3);
    }

    long address() {
      return inside ? pixel(0, 0) : room;
    }

    /** Bytes between its rows. */
    long rowBytes() {
      return inside ? 4 * t.layout().stride(1) : side * channels();
    }

    /** Bytes between the pixels of a row. */
    long pixelBytes() {
      return inside ? 4 * t.layout().stride(2) : channels();
    }

    private long pixel(int i, int j) {
      return OffHeap.address(t) + 4 * (picture * t.layout().stride(0) + (row + i) * t.layout().stride(1)
          + (column + j) * t.layout().stride(2));
    }

    /** Makes the copy, if there is to be one: zeros outside. */
    void fetch() {
      if (!inside) {
        OffHeap.zero(room, side * side * channels());
        overlap((at, copy) -> OffHeap.copy(at, copy, channels()));
      }
    }

    /** Takes over what was written to the copy, if there is one. */
    void putBack() {
      if (!inside) {
        overlap((at, copy) -> OffHeap.copy(copy, at, channels()));
      }
    }

    private interface Pair {
      void of(long pixel, long copy);
    }

    /** All pixels that lie inside. */
    private void overlap(Pair pair) {
      for (int i = Math.max(0, -row); i < Math.min(side, t.size(1) - row); i++) {
        for (int j = Math.max(0, -column); j < Math.min(side, t.size(2) - column); j++) {
          pair.of(pixel(i, j), room + (side * i + j) * channels());
        }
      }
    }
  }
}
