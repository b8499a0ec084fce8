package io.github.tsdsr.infer.tile;

/**
 * The weights of a tile when tiles are blended: the outer product of a Gaussian down the rows and one along the
 * columns, exp(-((i - centre) / size)^2 / (2 v)) / sqrt(2 pi v) with v = 0.01.
 */
public final class TileWindow {
  private static final double VARIANCE = 0.01;

  private final double[] alongX;
  private final double[] alongY;

  private TileWindow(double[] alongX, double[] alongY) {
    this.alongX = alongX;
    this.alongY = alongY;
  }

  /** The published program's: square, its vertical centre at size / 2, half a step below the middle. */
  public static TileWindow published(int size) {
    return new TileWindow(gaussian(size, (size - 1) / 2.0), gaussian(size, size / 2.0));
  }

  /** Ours: the same, centred both ways. */
  public static TileWindow centred(int width, int height) {
    return new TileWindow(gaussian(width, (width - 1) / 2.0), gaussian(height, (height - 1) / 2.0));
  }

  /** The tile's width. */
  public int width() {
    return alongX.length;
  }

  /** The tile's height. */
  public int height() {
    return alongY.length;
  }

  /** The weight at column x, row y. */
  public double at(int x, int y) {
    return alongX[x] * alongY[y];
  }

  private static double[] gaussian(int size, double centre) {
    double[] out = new double[size];
    for (int i = 0; i < size; i++) {
      double d = (i - centre) / size;
      out[i] = Math.exp(-d * d / (2 * VARIANCE)) / Math.sqrt(2 * Math.PI * VARIANCE);
    }
    return out;
  }
}
