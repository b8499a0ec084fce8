package io.github.tsdsr.kernels.cpu;

/** The tile shapes of this machine, and which suits a matrix. */
final class TileKernels {
  /** A shape with the fraction of the peak that it reaches when no column is wasted. */
  private record Shape(TileKernel kernel, double rate) {}

  private final Shape[] shapes;

  private TileKernels(Shape... shapes) {
    this.shapes = shapes;
  }

  /** Without vectors. */
  static TileKernels scalar() {
    return new TileKernels(new Shape(new ScalarKernel(), 1));
  }

  /** With vectors: 32 registers of 512 bits, or 16 of 256 bits. */
  static TileKernels vectors() {
    if (Lanes.COUNT >= 16) {
      return new TileKernels(
          new Shape(new Kernel6x3(), 1), new Shape(new Kernel8x2(), 0.97), new Shape(new Kernel12x1(), 0.74));
    }
    return new TileKernels(new Shape(new Kernel6x2(), 1));
  }

  /** The shape that does n columns fastest, what lies beyond the last column counted. */
  TileKernel forColumns(long n) {
    TileKernel best = null;
    double least = Double.POSITIVE_INFINITY;
    for (Shape s : shapes) {
      int width = s.kernel.columns();
      double cost = Math.ceilDiv(n, width) * width / s.rate;
      if (cost < least) {
        least = cost;
        best = s.kernel;
      }
    }
    return best;
  }
}
