package io.github.tsdsr.infer;

import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.tensor.Philox;

/** Draws a latent from the distribution that an encoder gives. */
final class LatentSample {
  private static final float LEAST_LOG_VARIANCE = -30;
  private static final float MOST_LOG_VARIANCE = 20;

  private LatentSample() {}

  /**
   * (mean + exp(logvar / 2) n) * factor, the log-variance clamped to [-30, 20], n the normal numbers of the seed's stream 0
   * in the order of the latent's values: tiles or not, the noise is the same.
   *
   * @param moments means, then log-variances, of each pixel
   */
  static FloatPixels of(FloatPixels moments, long seed, double factor) {
    int channels = moments.channels() / 2;
    FloatPixels latent = FloatPixels.blank(moments.width(), moments.height(), channels);
    double[] noise = new double[moments.width() * channels];
    for (int y = 0; y < moments.height(); y++) {
      Philox.normal(seed, 0, (long) y * noise.length, noise);
      for (int i = 0; i < noise.length; i++) {
        int at = (y * moments.width() + i / channels) * 2 * channels + i % channels;
        float logVariance =
            Math.clamp(moments.samples()[at + channels], LEAST_LOG_VARIANCE, MOST_LOG_VARIANCE);
        double value = moments.samples()[at] + Math.exp(logVariance / 2.0) * noise[i];
        latent.samples()[y * noise.length + i] = (float) (value * factor);
      }
    }
    return latent;
  }
}
