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
    double[] padded = new double[stride + 2 * radius * channels];
    for (int y = 0; y < in.height(); y++) {
      for (int i = 0; i < padded.length; i++) {
        int x = Math.clamp((long) i / channels - radius, 0, in.width() - 1);
        padded[i] = in.samples()[y * stride + x * channels + i % channels] & 0xFF;
      }
      for (int i = 0; i < weights.length; i++) {
        add(weights[i] / total, padded, i * channels, rows, y * stride, stride);
      }
    }
    BytePixels out = BytePixels.blank(in.width(), in.height(), channels);
    double[] sums = new double[stride];
    for (int y = 0; y < in.height(); y++) {
      Arrays.fill(sums, 0);
      for (int i = 0; i < weights.length; i++) {
        int row = Math.clamp((long) y + i - radius, 0, in.height() - 1);
        add(weights[i] / total, rows, row * stride, sums, 0, stride);
      }
      for (int x = 0; x < stride; x++) {
        out.samples()[y * stride + x] = (byte) (int) (sums[x] + 0.5);
      }
    }
    return out;
  }

  private static void add(double weight, double[] from, int at, double[] to, int toAt, int count) {
    for (int i = 0; i < count; i++) {
      to[toAt + i] += weight * from[at + i];
    }
  }
}
