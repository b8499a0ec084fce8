package io.github.tsdsr.infer.resize;

import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.Rect;
import io.github.tsdsr.pixel.RowLoop;
import java.util.Arrays;
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
    return width == in.width() && height == in.height() ? in : spread(in, width, height, 0, 0, width, height, loop);
  }

  /**
   * A part of the picture at another size: what {@link #resize(FloatPixels, int, int, RowLoop)} gives there, and no more is
   * computed.
   *
   * @param width of the whole
   * @param height of the whole
   * @throws IllegalArgumentException if the part does not lie within it
   */
  public static FloatPixels part(FloatPixels in, int width, int height, Rect part, RowLoop loop) {
    if (part.right() > width || part.bottom() > height) {
      throw new IllegalArgumentException(part + " does not lie within a picture of " + width + "x" + height);
    }
    return spread(in, width, height, part.x(), part.y(), part.width(), part.height(), loop);
  }

  private static FloatPixels spread(
      FloatPixels in, int width, int height, int x, int y, int columns, int rows, RowLoop loop) {
    int fromX = in.width();
    int fromY = in.height();
    return both(in, new Taps(fromX, x, columns, i -> (i + 0.5) * fromX / width - 0.5),
        new Taps(fromY, y, rows, i -> (i + 0.5) * fromY / height - 0.5), loop);
  }

  /**
   * The picture at another size, where output i lies at s = (i + 0.5) step - 0.5: what PyTorch does when it is given a
   * factor, whose inverse the step is, and not the ratio of the sizes.
   *
   * @throws IllegalArgumentException if the size is not positive or too large for one array
   */
  public static FloatPixels resize(
      FloatPixels in, int width, int height, double stepX, double stepY, RowLoop loop) {
    return both(in, new Taps(in.width(), 0, width, i -> (i + 0.5) * stepX - 0.5),
        new Taps(in.height(), 0, height, i -> (i + 0.5) * stepY - 0.5), loop);
  }

  /** Only the rows that the second pass reads go through the first. */
  private static FloatPixels both(FloatPixels in, Taps across, Taps down, RowLoop loop) {
    return vertical(horizontal(in, across, down.least(), down.most() + 1 - down.least(), loop), down, loop);
  }

  private static FloatPixels horizontal(FloatPixels in, Taps taps, int firstRow, int rows, RowLoop loop) {
    int channels = in.channels();
    int width = taps.outputs();
    FloatPixels out = FloatPixels.blank(width, rows, channels);
    float[] from = in.samples();
    float[] to = out.samples();
    loop.over(rows, (first, end) -> {
      for (int y = first; y < end; y++) {
        int row = (firstRow + y) * in.width() * channels;
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
    int firstRow = taps.least();
    FloatPixels out = FloatPixels.blank(in.width(), height, in.channels());
    float[] from = in.samples();
    float[] to = out.samples();
    loop.over(height, (first, end) -> {
      for (int y = first; y < end; y++) {
        combine(from, taps, 4 * y, firstRow, stride, to, y * stride);
      }
    });
    return out;
  }

  /** One output row: a weighted sum of four input rows. */
  private static void combine(float[] from, Taps taps, int t, int firstRow, int stride, float[] to, int at) {
    int p0 = (taps.index[t] - firstRow) * stride;
    int p1 = (taps.index[t + 1] - firstRow) * stride;
    int p2 = (taps.index[t + 2] - firstRow) * stride;
    int p3 = (taps.index[t + 3] - firstRow) * stride;
    double w0 = taps.weight[t];
    double w1 = taps.weight[t + 1];
    double w2 = taps.weight[t + 2];
    double w3 = taps.weight[t + 3];
    for (int i = 0; i < stride; i++) {
      to[at + i] = (float) (w0 * from[p0 + i] + w1 * from[p1 + i] + w2 * from[p2 + i] + w3 * from[p3 + i]);
    }
  }

  /** Four clamped indices and weights for every one of some outputs along one side. */
  private static final class Taps {
    final int[] index;
    final double[] weight;

    Taps(int from, int firstOutput, int outputs, IntToDoubleFunction position) {
      index = new int[4 * outputs];
      weight = new double[4 * outputs];
      for (int i = 0; i < outputs; i++) {
        double s = position.applyAsDouble(firstOutput + i);
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

    int least() {
      return Arrays.stream(index).min().orElse(0);
    }

    int most() {
      return Arrays.stream(index).max().orElse(-1);
    }
  }

  private static double keys(double x) {
    if (x <= 1) {
      return ((A + 2) * x - (A + 3)) * x * x + 1;
    }
    return x < 2 ? ((A * x - 5 * A) * x + 8 * A) * x - 4 * A : 0;
  }
}
