package io.github.tsdsr.infer.colour;

import io.github.tsdsr.pixel.FloatPixels;

/**
 * Alignment of each channel's mean and deviation ("adain"): (t - mean_t) / s_t * s_r + mean_r with s = sqrt(variance +
 * 1e-5), the variance unbiased (n - 1; that of a single pixel is taken as 0).
 */
public final class MeanAndDeviation {
  private static final double EPS = 1e-5;

  private MeanAndDeviation() {}

  /**
   * The target with the reference's means and deviations, not clamped. The reference may have any size.
   *
   * @throws IllegalArgumentException if the channels differ
   */
  public static FloatPixels align(FloatPixels target, FloatPixels reference) {
    int channels = target.channels();
    if (reference.channels() != channels) {
      throw new IllegalArgumentException(
          "the reference has " + reference.channels() + " channels, expected " + channels);
    }
    double[] gain = new double[channels];
    double[] offset = new double[channels];
    for (int c = 0; c < channels; c++) {
      double from = mean(target, c);
      double to = mean(reference, c);
      gain[c] = deviation(reference, c, to) / deviation(target, c, from);
      offset[c] = to - from * gain[c];
    }
    FloatPixels out = FloatPixels.blank(target.width(), target.height(), channels);
    float[] t = target.samples();
    float[] o = out.samples();
    for (int i = 0; i < t.length; i += channels) {
      for (int c = 0; c < channels; c++) {
        o[i + c] = (float) (t[i + c] * gain[c] + offset[c]);
      }
    }
    return out;
  }

  private static double mean(FloatPixels x, int channel) {
    double sum = 0;
    float[] samples = x.samples();
    for (int i = channel; i < samples.length; i += x.channels()) {
      sum += samples[i];
    }
    return sum / ((double) x.width() * x.height());
  }

  private static double deviation(FloatPixels x, int channel, double mean) {
    double sum = 0;
    float[] samples = x.samples();
    for (int i = channel; i < samples.length; i += x.channels()) {
      double d = samples[i] - mean;
      sum += d * d;
    }
    return Math.sqrt(sum / Math.max((double) x.width() * x.height() - 1, 1) + EPS);
  }
}
