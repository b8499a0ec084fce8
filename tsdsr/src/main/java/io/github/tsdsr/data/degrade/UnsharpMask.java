package io.github.tsdsr.data.degrade;

import io.github.tsdsr.pixel.FloatPixels;

/**
 * Sharpening where a picture differs from its blur: with b the picture x under a Gaussian, mask = |x - b| above a threshold,
 * s = the mask under the same Gaussian, the result is s clip(x + amount (x - b)) + (1 - s) x.
 */
final class UnsharpMask {
  private static final int SIZE = 51;
  /** What OpenCV takes for this size: 0.3 ((size - 1) / 2 - 1) + 0.8. */
  private static final double SIGMA = 0.3 * ((SIZE - 1) / 2.0 - 1) + 0.8;
  private static final float AMOUNT = 0.5f;
  private static final float THRESHOLD = 10;
  private static final double[] GAUSSIAN = gaussian();

  private UnsharpMask() {}

  private static double[] gaussian() {
    double[] weights = new double[SIZE];
    double total = 0;
    for (int i = 0; i < SIZE; i++) {
      double d = (i - SIZE / 2) / SIGMA;
      weights[i] = StrictMath.exp(-d * d / 2);
      total += weights[i];
    }
    for (int i = 0; i < SIZE; i++) {
      weights[i] /= total;
    }
    return weights;
  }

  /** The sharpened picture. */
  static FloatPixels sharpen(FloatPixels in) {
    float[] x = in.samples();
    float[] blur = Correlation.separable(in, GAUSSIAN).samples();
    FloatPixels mask = FloatPixels.blank(in.width(), in.height(), in.channels());
    for (int i = 0; i < x.length; i++) {
      mask.samples()[i] = Math.abs(x[i] - blur[i]) * 255 > THRESHOLD ? 1 : 0;
    }
    float[] soft = Correlation.separable(mask, GAUSSIAN).samples();
    FloatPixels out = FloatPixels.blank(in.width(), in.height(), in.channels());
    for (int i = 0; i < x.length; i++) {
      float sharp = Math.min(Math.max(x[i] + AMOUNT * (x[i] - blur[i]), 0), 1);
      out.samples()[i] = soft[i] * sharp + (1 - soft[i]) * x[i];
    }
    return out;
  }
}
