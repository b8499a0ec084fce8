package io.github.tsdsr.metrics;

/** The features of NIQE: statistics of the luma after its local mean and contrast are taken out. */
final class NiqeFeatures {
  /** Features of one block at one scale. */
  static final int COUNT = 18;

  private static final int TAPS = 7;
  private static final double[] WINDOW = window();
  private static final int[][] SHIFTS = {{0, 1}, {1, 0}, {1, 1}, {1, -1}};

  private NiqeFeatures() {}

  /**
   * (y - mu) / (sigma + 1), with mu and sigma the mean and deviation under a 7x7 Gaussian window of sigma 7/6, the
   * border repeated.
   */
  static double[] normalised(double[] luma, int width, int height) {
    double[] out = new double[luma.length];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double mean = 0;
        double square = 0;
        for (int i = 0; i < TAPS; i++) {
          int row = Math.clamp((long) y + i - TAPS / 2, 0, height - 1) * width;
          for (int j = 0; j < TAPS; j++) {
            double v = luma[row + Math.clamp((long) x + j - TAPS / 2, 0, width - 1)];
            double w = WINDOW[i * TAPS + j];
            mean += w * v;
            square += w * v * v;
          }
        }
        double deviation = Math.sqrt(Math.abs(square - mean * mean) + Math.ulp(1.0));
        out[y * width + x] = (luma[y * width + x] - mean) / (deviation + 1);
      }
    }
    return out;
  }

  /**
   * Half the size: bicubic (a = -0.5) widened by 2, that is 8 taps at distances of 0.25 to 1.75, weights normalised,
   * the border mirrored with its edge sample. The sides must be even.
   */
  static double[] half(double[] luma, int width, int height) {
    double[] columns = new double[luma.length / 2];
    for (int y = 0; y < height; y++) {
      halve(luma, y * width, 1, width, columns, y * (width / 2), 1);
    }
    double[] out = new double[luma.length / 4];
    for (int x = 0; x < width / 2; x++) {
      halve(columns, x, width / 2, height, out, x, width / 2);
    }
    return out;
  }

  private static void halve(double[] from, int at, int stride, int length, double[] to, int toAt, int toStride) {
    double total = 0;
    for (int tap = 0; tap < 8; tap++) {
      total += cubic((tap - 3.5) / 2);
    }
    for (int i = 0; i < length / 2; i++) {
      double sum = 0;
      for (int tap = 0; tap < 8; tap++) {
        int k = 2 * i + tap - 3;
        k = k < 0 ? -1 - k : k >= length ? 2 * length - 1 - k : k;
        sum += cubic((tap - 3.5) / 2) / total * from[at + k * stride];
      }
      to[toAt + i * toStride] = sum;
    }
  }

  private static double cubic(double signed) {
    double x = Math.abs(signed);
    return x <= 1 ? (1.5 * x - 2.5) * x * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2;
  }

  /** The features of the block whose top left corner is (left, top), into {@code out[at..at + COUNT - 1]}. */
  static void ofBlock(double[] normalised, int width, int left, int top, int size, double[] out, int at) {
    double[] block = new double[size * size];
    for (int y = 0; y < size; y++) {
      System.arraycopy(normalised, (top + y) * width + left, block, y * size, size);
    }
    AsymmetricGaussian itself = AsymmetricGaussian.fit(block);
    int to = at;
    out[to++] = itself.shape();
    out[to++] = (itself.left() + itself.right()) / 2;
    double[] product = new double[block.length];
    for (int[] shift : SHIFTS) {
      for (int y = 0; y < size; y++) {
        int row = (y - shift[0] + size) % size * size;
        for (int x = 0; x < size; x++) {
          product[y * size + x] = block[y * size + x] * block[row + (x - shift[1] + size) % size];
        }
      }
      AsymmetricGaussian pairs = AsymmetricGaussian.fit(product);
      out[to++] = pairs.shape();
      out[to++] = pairs.mean();
      out[to++] = pairs.left();
      out[to++] = pairs.right();
    }
  }

  /** The Gaussian, each weight rounded to float as in pyiqa: the published scores contain this rounding. */
  private static double[] window() {
    double sigma = 7.0 / 6;
    double[] out = new double[TAPS * TAPS];
    double total = 0;
    for (int i = 0; i < out.length; i++) {
      int dy = i / TAPS - TAPS / 2;
      int dx = i % TAPS - TAPS / 2;
      out[i] = Math.exp(-(dx * dx + dy * dy) / (2 * sigma * sigma));
      total += out[i];
    }
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) (out[i] / total);
    }
    return out;
  }
}
