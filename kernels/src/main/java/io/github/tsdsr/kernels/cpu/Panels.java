package io.github.tsdsr.kernels.cpu;

/** A matrix in panels as wide as a tile, as the right factor of products by tiles. */
record Panels(TileKernel kernel, int k, int columns, long address) {
  static long bytes(TileKernel kernel, long k, long columns) {
    return Scratch.aligned(4 * k * Math.ceilDiv(columns, kernel.columns()) * kernel.columns());
  }

  static Panels pack(TileKernel kernel, Matrix b, float factor, long to) {
    int k = (int) b.rows();
    int width = kernel.columns();
    for (int from = 0; from < b.columns(); from += width) {
      Packing.columns(b, 0, k, from, width, factor, to + 4L * k * from);
    }
    return new Panels(kernel, k, (int) b.columns(), to);
  }

  int padded() {
    return Math.ceilDiv(columns, kernel.columns()) * kernel.columns();
  }

  /** c (rows x padded columns, dense, whole tiles) = a times this; a as a tile kernel reads it. */
  void multiply(int rows, long a, long rowA, long stepA, long c, int rowC) {
    multiply(rows, a, rowA, stepA, c, rowC, TileTarget.OVERWRITE, 0);
  }

  /** c = or += a times this. */
  void multiply(int rows, long a, long rowA, long stepA, long c, int rowC, TileTarget target, long tile) {
    for (int panel = 0; panel < padded(); panel += kernel.columns()) {
      target.run(
          kernel, 1, 0, 0, k, a, rowA, stepA, kernel.rows() * rowA, address + 4L * k * panel, 4L * kernel.columns(),
          rows, kernel.columns(), c + 4L * panel, 4L * rowC, 4, 0, tile);
    }
  }

  /** The least multiple of a number that is not below n. */
  static int padTo(long n, int multiple) {
    return (int) (Math.ceilDiv(n, multiple) * multiple);
  }
}
