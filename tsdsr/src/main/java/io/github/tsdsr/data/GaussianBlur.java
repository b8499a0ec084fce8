package io.github.tsdsr.data;

import io.github.tsdsr.pixel.BytePixels;
import java.util.Arrays;

/** Convolution with a Gaussian cut off at 3 sigma, its weights normalised, the edges repeated, the result rounded. */
final class GaussianBlur {
  private GaussianBlur() {}

  static BytePixels blur(BytePixels in, double sigma) {
    int radius = (int) Math.ceil(3 * sigma);
    double[] weights = new double[2 * radius + 1];
    double total = 0;
    for (int i = 0; i < weights.length; i++) {
      double d = i - radius;
      // StrictMath gives the same bits on every machine.
      weights[i] = StrictMath.exp(-d * d / (2 * sigma * sigma));
      total += weights[i];
    }
    int channels = in.channels();
    int stride = in.width() * channels;
    double[] rows = new double[in.samples().length];
    for (int at = 0; at < rows.length; at++) {
      int x = at % stride / channels;
      double sum = 0;
      for (int i = 0; i < weights.length; i++) {
        int shift = Math.clamp((long) x + i - radius, 0, in.width() - 1) - x;
        sum += weights[i] * (in.samples()[at + shift * channels] & 0xFF);
      }
      rows[at] = sum / total;
    }
    BytePixels out = BytePixels.blank(in.width(), in.height(), channels);
    double[] sums = new double[stride];
    for (int y = 0; y < in.height(); y++) {
      Arrays.fill(sums, 0);
      for (int i = 0; i < weights.length; i++) {
        int row = Math.clamp((long) y + i - radius, 0, in.height() - 1) * stride;
        for (int x = 0; x < stride; x++) {
          sums[x] += weights[i] * rows[row + x];
        }
      }
      for (int x = 0; x < stride; x++) {
        out.samples()[y * stride + x] = (byte) (int) (sums[x] / total + 0.5);
      }
    }
    return out;
  }
}
