package io.github.tsdsr.data.degrade;

import io.github.tsdsr.pixel.FloatPixels;
import java.util.Arrays;

/**
 * For every output along one side of a picture: the first input that it reads, and the weights from there on.
 *
 * @param first one for each output
 * @param weights as many lists
 */
record Windows(int[] first, float[][] weights) {
  /** The mean of the inputs that an output covers, in whole pixels. */
  static Windows area(int from, int to) {
    Windows out = new Windows(new int[to], new float[to][]);
    for (int i = 0; i < to; i++) {
      int low = (int) ((long) i * from / to);
      int high = (int) Math.ceilDiv((i + 1L) * from, to);
      out.first[i] = low;
      out.weights[i] = new float[high - low];
      Arrays.fill(out.weights[i], 1f / (high - low));
    }
    return out;
  }

  /** Between two neighbours; positions before the first input and beyond the last are taken back to it. */
  static Windows bilinear(int from, int to, double step) {
    Windows out = new Windows(new int[to], new float[to][]);
    for (int i = 0; i < to; i++) {
      double position = Math.clamp((i + 0.5) * step - 0.5, 0, from - 1);
      int low = (int) position;
      double part = position - low;
      out.first[i] = low;
      out.weights[i] = low + 1 < from ? new float[] {(float) (1 - part), (float) part} : new float[] {1};
    }
    return out;
  }

  /** The picture under one rule for columns and one for rows. */
  static FloatPixels resize(FloatPixels in, Windows columns, Windows rows) {
    return vertical(horizontal(in, columns), rows);
  }

  private static FloatPixels horizontal(FloatPixels in, Windows columns) {
    int channels = in.channels();
    FloatPixels out = FloatPixels.blank(columns.first.length, in.height(), channels);
    float[] from = in.samples();
    int at = 0;
    for (int y = 0; y < in.height(); y++) {
      int row = y * in.width() * channels;
      for (int x = 0; x < out.width(); x++) {
        for (int c = 0; c < channels; c++) {
          int p = row + columns.first[x] * channels + c;
          float sum = 0;
          for (float weight : columns.weights[x]) {
            sum += weight * from[p];
            p += channels;
          }
          out.samples()[at++] = sum;
        }
      }
    }
    return out;
  }

  private static FloatPixels vertical(FloatPixels in, Windows rows) {
    int stride = in.width() * in.channels();
    FloatPixels out = FloatPixels.blank(in.width(), rows.first.length, in.channels());
    for (int y = 0; y < out.height(); y++) {
      int row = rows.first[y] * stride;
      for (float weight : rows.weights[y]) {
        add(weight, in.samples(), row, out.samples(), y * stride, stride);
        row += stride;
      }
    }
    return out;
  }

  private static void add(float weight, float[] from, int at, float[] to, int toAt, int count) {
    for (int i = 0; i < count; i++) {
      to[toAt + i] += weight * from[at + i];
    }
  }
}
