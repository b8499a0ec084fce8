package io.github.tsdsr.metrics;

import io.github.tsdsr.pixel.BytePixels;

/**
 * Peak signal-to-noise ratio in dB: 10 log10(1 / (MSE + 1e-8)) of values on the scale 0..1, as pyiqa defines it. The
 * 1e-8 makes it 80 dB for identical pictures. No border is left out and the luma is not rounded.
 */
public final class Psnr {
  private static final double EPS = 1e-8;

  private Psnr() {}

  /**
   * Of the luma.
   *
   * @throws IllegalArgumentException unless both are RGB and of one size
   */
  public static double of(BytePixels picture, BytePixels reference, Luma luma) {
    Pair.check(picture, reference);
    byte[] a = picture.samples();
    byte[] b = reference.samples();
    double sum = 0;
    for (int i = 0; i < a.length; i += 3) {
      sum += luma.squaredDifference(a, b, i);
    }
    return decibels(sum / (a.length / 3));
  }

  /**
   * Of all samples of the three channels.
   *
   * @throws IllegalArgumentException unless both are RGB and of one size
   */
  public static double ofRgb(BytePixels picture, BytePixels reference) {
    Pair.check(picture, reference);
    byte[] a = picture.samples();
    byte[] b = reference.samples();
    long sum = 0;
    for (int i = 0; i < a.length; i++) {
      int d = (a[i] & 0xFF) - (b[i] & 0xFF);
      sum += (long) d * d;
    }
    return decibels(sum / (255.0 * 255.0 * a.length));
  }

  private static double decibels(double mse) {
    return 10 * Math.log10(1 / (mse + EPS));
  }
}
