package io.github.tsdsr.data.degrade;

import io.github.tsdsr.pixel.FloatPixels;

/** Pictures continued beyond their edges as in a mirror that lies on the outermost pixels, which are not repeated. */
final class Mirror {
  private Mirror() {}

  /** The sample of 0..n-1 that is seen at i; as often mirrored as it takes. */
  static int index(int i, int n) {
    if (n == 1) {
      return 0;
    }
    int period = 2 * (n - 1);
    int at = Math.floorMod(i, period);
    return at < n ? at : period - at;
  }

  /** One row with {@code radius} more pixels on both sides. */
  static void row(FloatPixels in, int y, int radius, float[] to) {
    int channels = in.channels();
    int width = in.width();
    int from = y * width * channels;
    System.arraycopy(in.samples(), from, to, radius * channels, width * channels);
    for (int i = 0; i < radius; i++) {
      int left = from + index(i - radius, width) * channels;
      System.arraycopy(in.samples(), left, to, i * channels, channels);
      int right = from + index(width + i, width) * channels;
      System.arraycopy(in.samples(), right, to, (radius + width + i) * channels, channels);
    }
  }
}
