package io.github.tsdsr.metrics;

import io.github.tsdsr.pixel.BytePixels;
import java.util.Arrays;

/**
 * Structural similarity (Wang et al., 2004) as pyiqa defines it: a Gaussian window of 11x11 with sigma 1.5 wherever
 * it fits whole, C1 = 2.55^2, C2 = 7.65^2, values on the scale 0..255 with the luma rounded; the contrast factor (2
 * s_xy + C2) / (s_x^2 + s_y^2 + C2) is clipped at 0.
 */
public final class Ssim {
  private static final int TAPS = 11;
  private static final double C1 = 2.55 * 2.55;
  private static final double C2 = 7.65 * 7.65;
  private static final double[] WINDOW = window();

  private Ssim() {}

  /**
   * Of the luma.
   *
   * @throws IllegalArgumentException unless both are RGB, of one size, and at least 11x11
   */
  public static double of(BytePixels picture, BytePixels reference, Luma luma) {
    check(picture, reference);
    return similarity(luma.rounded(picture), luma.rounded(reference), picture.width(), picture.height());
  }

  /**
   * The mean over the three channels.
   *
   * @throws IllegalArgumentException unless both are RGB, of one size, and at least 11x11
   */
  public static double ofRgb(BytePixels picture, BytePixels reference) {
    check(picture, reference);
    double sum = 0;
    for (int c = 0; c < 3; c++) {
      sum += similarity(channel(picture, c), channel(reference, c), picture.width(), picture.height());
    }
    return sum / 3;
  }

  private static void check(BytePixels picture, BytePixels reference) {
    Pair.check(picture, reference);
    if (picture.width() < TAPS || picture.height() < TAPS) {
      throw new IllegalArgumentException("SSIM of a picture of " + picture.width() + "x" + picture.height()
          + ": expected at least " + TAPS + "x" + TAPS);
    }
  }

  private static double[] channel(BytePixels picture, int channel) {
    double[] out = new double[picture.width() * picture.height()];
    for (int i = 0; i < out.length; i++) {
      out[i] = picture.samples()[3 * i + channel] & 0xFF;
    }
    return out;
  }

  private static double similarity(double[] x, double[] y, int width, int height) {
    int columns = width - TAPS + 1;
    int rows = height - TAPS + 1;
    // The last 11 rows of x, y, x^2, y^2 and xy, filtered along the row.
    double[][][] ring = new double[TAPS][5][columns];
    double[][] mean = new double[5][columns];
    double sum = 0;
    for (int row = 0; row < height; row++) {
      filterRow(x, y, row * width, ring[row % TAPS]);
      if (row >= TAPS - 1) {
        filterColumns(ring, row - TAPS + 1, mean);
        sum += rowSum(mean);
      }
    }
    return sum / ((double) columns * rows);
  }

  private static void filterRow(double[] x, double[] y, int at, double[][] out) {
    for (int i = 0; i < out[0].length; i++) {
      double sx = 0;
      double sy = 0;
      double sxx = 0;
      double syy = 0;
      double sxy = 0;
      for (int tap = 0; tap < TAPS; tap++) {
        double w = WINDOW[tap];
        double a = x[at + i + tap];
        double b = y[at + i + tap];
        sx += w * a;
        sy += w * b;
        sxx += w * a * a;
        syy += w * b * b;
        sxy += w * a * b;
      }
      out[0][i] = sx;
      out[1][i] = sy;
      out[2][i] = sxx;
      out[3][i] = syy;
      out[4][i] = sxy;
    }
  }

  private static void filterColumns(double[][][] ring, int firstRow, double[][] out) {
    for (int k = 0; k < out.length; k++) {
      double[] to = out[k];
      Arrays.fill(to, 0);
      for (int tap = 0; tap < TAPS; tap++) {
        double[] from = ring[(firstRow + tap) % TAPS][k];
        double w = WINDOW[tap];
        for (int i = 0; i < to.length; i++) {
          to[i] += w * from[i];
        }
      }
    }
  }

  private static double rowSum(double[][] mean) {
    double sum = 0;
    for (int i = 0; i < mean[0].length; i++) {
      double mx = mean[0][i];
      double my = mean[1][i];
      double vx = mean[2][i] - mx * mx;
      double vy = mean[3][i] - my * my;
      double vxy = mean[4][i] - mx * my;
      double contrast = Math.max((2 * vxy + C2) / (vx + vy + C2), 0);
      sum += contrast * (2 * mx * my + C1) / (mx * mx + my * my + C1);
    }
    return sum;
  }

  private static double[] window() {
    double[] out = new double[TAPS];
    double total = 0;
    for (int i = 0; i < TAPS; i++) {
      double d = i - TAPS / 2;
      out[i] = Math.exp(-d * d / (2 * 1.5 * 1.5));
      total += out[i];
    }
    for (int i = 0; i < TAPS; i++) {
      out[i] /= total;
    }
    return out;
  }
}
