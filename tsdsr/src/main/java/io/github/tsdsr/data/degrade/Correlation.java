package io.github.tsdsr.data.degrade;

import io.github.tsdsr.pixel.FloatPixels;
import java.util.Arrays;

/** Filters of pictures: out(x, y) = sum of k(i, j) in(x + i, y + j), the kernel not turned, the edges mirrored. */
final class Correlation {
  /** So many columns of a kernel are added in one go: their rows of the picture stay in the first cache. */
  private static final int GROUP = 4;

  private Correlation() {}

  /** With a kernel; every channel by itself. */
  static FloatPixels apply(FloatPixels in, BlurKernel kernel) {
    return kernel.size() == 1 ? in : apply(in, floats(kernel.weights()), kernel.size(), kernel.size());
  }

  /** With the kernel whose weight at column i and row j is {@code factor[i] * factor[j]}. */
  static FloatPixels separable(FloatPixels in, double[] factor) {
    float[] weights = floats(factor);
    return apply(apply(in, weights, weights.length, 1), weights, 1, weights.length);
  }

  private static float[] floats(double[] values) {
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) values[i];
    }
    return out;
  }

  /** Each row of the picture goes into all rows of the result that it counts for; of these only the unfinished are kept. */
  private static FloatPixels apply(FloatPixels in, float[] weights, int columns, int rows) {
    int channels = in.channels();
    int stride = in.width() * channels;
    FloatPixels out = FloatPixels.blank(in.width(), in.height(), channels);
    float[][] unfinished = new float[rows][stride];
    float[] padded = new float[stride + (columns - 1) * channels];
    // Java's compiler makes vector code of loops whose arrays all have the same index, not of row[x + shift].
    float[][] shifted = new float[GROUP][stride];
    for (int i = 0; i < in.height() + rows - 1; i++) {
      Mirror.row(in, Mirror.index(i - rows / 2, in.height()), columns / 2, padded);
      int firstRow = Math.max(0, i - in.height() + 1);
      int endRow = Math.min(rows, i + 1);
      for (int column = 0; column < columns; column += GROUP) {
        int count = Math.min(GROUP, columns - column);
        for (int c = 0; c < count; c++) {
          System.arraycopy(padded, (column + c) * channels, shifted[c], 0, stride);
        }
        for (int row = firstRow; row < endRow; row++) {
          add(weights, row * columns + column, count, shifted, unfinished[(i - row) % rows]);
        }
      }
      int finished = i - rows + 1;
      if (finished >= 0) {
        float[] row = unfinished[finished % rows];
        System.arraycopy(row, 0, out.samples(), finished * stride, stride);
        Arrays.fill(row, 0);
      }
    }
    return out;
  }

  private static void add(float[] weights, int first, int count, float[][] rows, float[] sums) {
    if (count == GROUP) {
      add(weights[first], weights[first + 1], weights[first + 2], weights[first + 3], rows[0], rows[1], rows[2],
          rows[3], sums);
      return;
    }
    for (int i = 0; i < count; i++) {
      add(weights[first + i], rows[i], sums);
    }
  }

  private static void add(
      float w0, float w1, float w2, float w3, float[] r0, float[] r1, float[] r2, float[] r3, float[] sums) {
    for (int x = 0; x < sums.length; x++) {
      sums[x] += w0 * r0[x] + w1 * r1[x] + (w2 * r2[x] + w3 * r3[x]);
    }
  }

  private static void add(float weight, float[] row, float[] sums) {
    for (int x = 0; x < sums.length; x++) {
      sums[x] += weight * row[x];
    }
  }
}
