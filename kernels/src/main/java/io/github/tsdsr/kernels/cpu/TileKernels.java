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
      return wide(new Kernel6x3(), new Kernel8x2(), new Kernel12x1());
    }
    return new TileKernels(new Shape(new Kernel6x2(), 1));
  }

  /** In machine code, for factors of that precision. */
  static TileKernels of(MachineKernels machine, ProductPrecision precision) {
    return wide(machine.tile(6, 3, precision), machine.tile(8, 2, precision), machine.tile(12, 1, precision));
  }

  /**
   * For 32 registers of 512 bits. The rates are those of Java's tiles; machine code's single vectors are faster, but gradients of
   * kernels are summed in an order that depends on the shape, and are to be the same bytes.
   */
  private static TileKernels wide(TileKernel three, TileKernel two, TileKernel one) {
    return new TileKernels(new Shape(three, 1), new Shape(two, 0.97), new Shape(one, 0.74));
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
