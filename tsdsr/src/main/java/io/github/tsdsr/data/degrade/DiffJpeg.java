package io.github.tsdsr.data.degrade;

import io.github.tsdsr.pixel.FloatPixels;

/**
 * What JPEG leaves of a picture, by its mathematics alone and on real numbers, as the published pipeline does it: the
 * picture filled up with black to multiples of 16, YCbCr, colour averaged over 2x2 pixels, the cosine transform of blocks of
 * 8x8, each coefficient divided by table * factor and rounded half to even, and all the way back. Unlike files, no sample is
 * rounded to 8 bits, the table's entries are neither rounded nor kept from falling below 1, the quality is any real number,
 * and the table of luma is applied transposed, which is the published program's slip.
 */
final class DiffJpeg {
  private static final int BLOCK = 8;
  private static final int AREA = BLOCK * BLOCK;
  /** Rows that hang together: a block of halved colour. */
  private static final int STRIP = 2 * BLOCK;
  private static final int[] LUMA = {
    16, 12, 14, 14, 18, 24, 49, 72,
    11, 12, 13, 17, 22, 35, 64, 92,
    10, 14, 16, 22, 37, 55, 78, 95,
    16, 19, 24, 29, 56, 64, 87, 98,
    24, 26, 40, 51, 68, 81, 103, 112,
    40, 58, 57, 87, 109, 104, 121, 100,
    51, 60, 69, 80, 103, 113, 120, 103,
    61, 55, 56, 62, 77, 92, 101, 99};
  private static final int[] CHROMA = chroma();
  /** Row u, column x of the orthonormal DCT-II. */
  private static final double[] COSINES = cosines();
  private static final double[] TRANSPOSED = transposed(COSINES);

  private DiffJpeg() {}

  private static int[] chroma() {
    int[] table = new int[AREA];
    int[] corner = {17, 18, 24, 47, 18, 21, 26, 66, 24, 26, 56, 99, 47, 66, 99, 99};
    for (int i = 0; i < table.length; i++) {
      int row = i / BLOCK;
      int column = i % BLOCK;
      table[i] = row < 4 && column < 4 ? corner[row * 4 + column] : 99;
    }
    return table;
  }

  private static double[] transposed(double[] matrix) {
    double[] out = new double[AREA];
    for (int i = 0; i < AREA; i++) {
      out[i] = matrix[i % BLOCK * BLOCK + i / BLOCK];
    }
    return out;
  }

  private static double[] cosines() {
    double[] c = new double[AREA];
    for (int u = 0; u < BLOCK; u++) {
      for (int x = 0; x < BLOCK; x++) {
        c[u * BLOCK + x] =
            Math.sqrt((u == 0 ? 1.0 : 2.0) / BLOCK) * StrictMath.cos((2 * x + 1) * u * Math.PI / (2 * BLOCK));
      }
    }
    return c;
  }

  /**
   * The rounded coefficients of a strip of 16 rows.
   *
   * @param width of luma, a multiple of 16; colour has half of it
   * @param y blocks of 64, row by row of blocks; in a block the vertical frequency goes first
   */
  record Coefficients(int width, double factor, double[] y, double[] cb, double[] cr) {}

  /**
   * The picture after JPEG.
   *
   * @param rgb three channels in [0, 1]
   * @param quality above 0 and below 100
   * @throws IllegalArgumentException if the quality is out of range or there are not three channels
   */
  static FloatPixels apply(FloatPixels rgb, double quality) {
    FloatPixels out = FloatPixels.blank(rgb.width(), rgb.height(), 3);
    for (int top = 0; top < rgb.height(); top += STRIP) {
      decode(encode(rgb, top, quality), out, top);
    }
    return out;
  }

  /** By how much the tables are scaled. */
  static double factor(double quality) {
    if (!(quality > 0 && quality < 100)) {
      throw new IllegalArgumentException("JPEG quality " + quality + ": expected above 0 and below 100");
    }
    return (quality < 50 ? 5000 / quality : 200 - 2 * quality) / 100;
  }

  /** The coefficients of the 16 rows from {@code top} on. */
  static Coefficients encode(FloatPixels rgb, int top, double quality) {
    if (rgb.channels() != 3) {
      throw new IllegalArgumentException("JPEG of " + rgb.channels() + " channels: expected 3");
    }
    double factor = factor(quality);
    int width = Math.ceilDiv(rgb.width(), STRIP) * STRIP;
    double[] y = new double[width * STRIP];
    double[] cb = new double[y.length / 4];
    double[] cr = new double[y.length / 4];
    float[] s = rgb.samples();
    for (int row = 0; row < Math.min(STRIP, rgb.height() - top); row++) {
      for (int column = 0; column < rgb.width(); column++) {
        int p = ((top + row) * rgb.width() + column) * 3;
        double r = s[p] * 255.0;
        double g = s[p + 1] * 255.0;
        double b = s[p + 2] * 255.0;
        y[row * width + column] = 0.299 * r + 0.587 * g + 0.114 * b;
        // Blocks are taken around 128, where colour without its offset already lies.
        int half = row / 2 * (width / 2) + column / 2;
        cb[half] += (-0.168736 * r - 0.331264 * g + 0.5 * b) / 4;
        cr[half] += (0.5 * r - 0.418688 * g - 0.081312 * b) / 4;
      }
    }
    for (int i = 0; i < y.length; i++) {
      y[i] -= 128;
    }
    return new Coefficients(
        width, factor, quantised(y, width, LUMA, factor), quantised(cb, width / 2, CHROMA, factor),
        quantised(cr, width / 2, CHROMA, factor));
  }

  private static void decode(Coefficients of, FloatPixels out, int top) {
    double[] y = restored(of.y, of.width, LUMA, of.factor);
    double[] cb = restored(of.cb, of.width / 2, CHROMA, of.factor);
    double[] cr = restored(of.cr, of.width / 2, CHROMA, of.factor);
    float[] s = out.samples();
    for (int row = 0; row < Math.min(STRIP, out.height() - top); row++) {
      for (int column = 0; column < out.width(); column++) {
        int half = row / 2 * (of.width / 2) + column / 2;
        double luma = y[row * of.width + column] + 128;
        int p = ((top + row) * out.width() + column) * 3;
        s[p] = unit(luma + 1.402 * cr[half]);
        s[p + 1] = unit(luma - 0.344136 * cb[half] - 0.714136 * cr[half]);
        s[p + 2] = unit(luma + 1.772 * cb[half]);
      }
    }
  }

  private static float unit(double level) {
    return (float) (Math.min(Math.max(level, 0), 255) / 255);
  }

  private static double[] quantised(double[] plane, int width, int[] table, double factor) {
    double[] out = new double[plane.length];
    double[] half = new double[AREA];
    for (int b = 0; b < plane.length / AREA; b++) {
      int corner = corner(b, width);
      for (int i = 0; i < BLOCK; i++) {
        transform(COSINES, plane, corner + i, width, half, i, BLOCK);
      }
      for (int i = 0; i < BLOCK; i++) {
        transform(COSINES, half, i * BLOCK, 1, out, b * AREA + i * BLOCK, 1);
      }
      for (int i = 0; i < AREA; i++) {
        out[b * AREA + i] = Math.rint(out[b * AREA + i] / (table[i] * factor));
      }
    }
    return out;
  }

  private static double[] restored(double[] coefficients, int width, int[] table, double factor) {
    double[] plane = new double[coefficients.length];
    double[] block = new double[AREA];
    double[] half = new double[AREA];
    for (int b = 0; b < plane.length / AREA; b++) {
      int corner = corner(b, width);
      for (int i = 0; i < AREA; i++) {
        block[i] = coefficients[b * AREA + i] * (table[i] * factor);
      }
      for (int i = 0; i < BLOCK; i++) {
        transform(TRANSPOSED, block, i, BLOCK, half, i, BLOCK);
      }
      for (int i = 0; i < BLOCK; i++) {
        transform(TRANSPOSED, half, i * BLOCK, 1, plane, corner + i * width, 1);
      }
    }
    return plane;
  }

  private static int corner(int block, int width) {
    int columns = width / BLOCK;
    return block / columns * BLOCK * width + block % columns * BLOCK;
  }

  /** Eight numbers, from {@code at} on in steps, times a matrix. */
  private static void transform(
      double[] matrix, double[] from, int at, int step, double[] to, int toAt, int toStep) {
    double a = from[at];
    double b = from[at + step];
    double c = from[at + 2 * step];
    double d = from[at + 3 * step];
    double e = from[at + 4 * step];
    double f = from[at + 5 * step];
    double g = from[at + 6 * step];
    double h = from[at + 7 * step];
    for (int u = 0; u < BLOCK; u++) {
      int m = u * BLOCK;
      to[toAt + u * toStep] = matrix[m] * a + matrix[m + 1] * b + matrix[m + 2] * c + matrix[m + 3] * d
          + (matrix[m + 4] * e + matrix[m + 5] * f + matrix[m + 6] * g + matrix[m + 7] * h);
    }
  }
}
