package io.github.tsdsr.infer.resize;

import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.RowLoop;
import java.util.function.IntToDoubleFunction;

/**
 * Bicubic interpolation as PyTorch's {@code interpolate(mode='bicubic', align_corners=False)} defines it: Keys'
 * kernel with a = -0.75 and no antialiasing, also when the picture shrinks.
 *
 * <p>Along a side, output i lies at s = (i + 0.5) n_in / n_out - 0.5 (not clamped); with k = floor(s) and f = s - k
 * it is the sum of the samples k-1..k+2, indices clamped to the picture, weighted by K(f+1), K(f), K(1-f), K(2-f).
 */
public final class TorchBicubic {
  private static final double A = -0.75;

  private TorchBicubic() {}

  /**
   * The picture at another size; at its own size the picture itself.
   *
   * @throws IllegalArgumentException if the size is not positive or too large for one array
   */
  public static FloatPixels resize(FloatPixels in, int width, int height, RowLoop loop) {
    int fromX = in.width();
    int fromY = in.height();
    FloatPixels wide =
        width == fromX ? in : horizontal(in, new Taps(fromX, width, i -> (i + 0.5) * fromX / width - 0.5), loop);
    return height == fromY ? wide
        : vertical(wide, new Taps(fromY, height, i -> (i + 0.5) * fromY / height - 0.5), loop);
  }

  /**
   * The picture at another size, where output i lies at s = (i + 0.5) step - 0.5: what PyTorch does when it is given a
   * factor, whose inverse the step is, and not the ratio of the sizes.
   *
   * @throws IllegalArgumentException if the size is not positive or too large for one array
   */
  public static FloatPixels resize(
      FloatPixels in, int width, int height, double stepX, double stepY, RowLoop loop) {
    FloatPixels wide = horizontal(in, new Taps(in.width(), width, i -> (i + 0.5) * stepX - 0.5), loop);
    return vertical(wide, new Taps(in.height(), height, i -> (i + 0.5) * stepY - 0.5), loop);
  }

  private static FloatPixels horizontal(FloatPixels in, Taps taps, RowLoop loop) {
    int channels = in.channels();
    int width = taps.outputs();
    FloatPixels out = FloatPixels.blank(width, in.height(), channels);
    float[] from = in.samples();
    float[] to = out.samples();
    loop.over(in.height(), (first, end) -> {
      for (int y = first; y < end; y++) {
        int row = y * in.width() * channels;
        int at = y * width * channels;
        for (int x = 0; x < width; x++) {
          int t = 4 * x;
          int p0 = row + taps.index[t] * channels;
          int p1 = row + taps.index[t + 1] * channels;
          int p2 = row + taps.index[t + 2] * channels;
          int p3 = row + taps.index[t + 3] * channels;
          double w0 = taps.weight[t];
          double w1 = taps.weight[t + 1];
          double w2 = taps.weight[t + 2];
          double w3 = taps.weight[t + 3];
          for (int c = 0; c < channels; c++) {
            to[at++] = (float) (w0 * from[p0 + c] + w1 * from[p1 + c] + w2 * from[p2 + c] + w3 * from[p3 + c]);
          }
        }
      }
    });
    return out;
  }

  private static FloatPixels vertical(FloatPixels in, Taps taps, RowLoop loop) {
    int stride = in.width() * in.channels();
    int height = taps.outputs();
    FloatPixels out = FloatPixels.blank(in.width(), height, in.channels());
    float[] from = in.samples();
    float[] to = out.samples();
    loop.over(height, (first, end) -> {
      for (int y = first; y < end; y++) {
        combine(from, taps, 4 * y, stride, to, y * stride);
      }
    });
    return out;
  }

  /** One output row: a weighted sum of four input rows. */
  private static void combine(float[] from, Taps taps, int t, int stride, float[] to, int at) {
    int p0 = taps.index[t] * stride;
    int p1 = taps.index[t + 1] * stride;
    int p2 = taps.index[t + 2] * stride;
    int p3 = taps.index[t + 3] * stride;
    double w0 = taps.weight[t];
    double w1 = taps.weight[t + 1];
    double w2 = taps.weight[t + 2];
    double w3 = taps.weight[t + 3];
    for (int i = 0; i < stride; i++) {
      to[at + i] = (float) (w0 * from[p0 + i] + w1 * from[p1 + i] + w2 * from[p2 + i] + w3 * from[p3 + i]);
    }
  }

  /** Four clamped indices and weights for every output of one side. */
  private static final class Taps {
    final int[] index;
    final double[] weight;

    Taps(int from, int to, IntToDoubleFunction position) {
      index = new int[4 * to];
      weight = new double[4 * to];
      for (int i = 0; i < to; i++) {
        double s = position.applyAsDouble(i);
        double k = Math.floor(s);
        double f = s - k;
        for (int tap = 0; tap < 4; tap++) {
          index[4 * i + tap] = Math.clamp((long) k - 1 + tap, 0, from - 1);
          weight[4 * i + tap] = keys(Math.abs(f + 1 - tap));
        }
      }
    }

    int outputs() {
      return index.length / 4;
    }
  }

  private static double keys(double x) {
    if (x <= 1) {
      return ((A + 2) * x - (A + 3)) * x * x + 1;
    }
    return x < 2 ? ((A * x - 5 * A) * x + 8 * A) * x - 4 * A : 0;
  }
}
