package io.github.tsdsr.io.image.vp8;

import java.util.Arrays;

/** Samples of whole macroblocks with the border that prediction needs: a row above, a column left, four columns right. */
final class Plane {
  private static final int RIGHT = 4;
  private static final byte ABOVE = 127;
  private static final byte LEFT = (byte) 129;

  final byte[] samples;
  final int stride;
  /** Where the sample of column 0, row 0 lies. */
  final int origin;
  final int width;

  Plane(int width, int height) {
    this.width = width;
    stride = 1 + width + RIGHT;
    origin = stride + 1;
    samples = new byte[Math.multiplyExact(stride, height + 1)];
    Arrays.fill(samples, 0, stride, ABOVE);
    for (int y = 0; y < height; y++) {
      samples[origin + y * stride - 1] = LEFT;
    }
  }

  int at(int x, int y) {
    return origin + y * stride + x;
  }

  /** Repeats a row's last sample into the border at its right. */
  void extend(int y) {
    int end = at(width, y);
    Arrays.fill(samples, end, end + RIGHT, samples[end - 1]);
  }
}
