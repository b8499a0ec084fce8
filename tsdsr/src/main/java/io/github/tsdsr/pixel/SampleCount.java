package io.github.tsdsr.pixel;

/** The one rule for how many samples a picture of a given size has. */
final class SampleCount {
  private SampleCount() {}

  /**
   * width * height * channels.
   *
   * @throws IllegalArgumentException if a side or the channels are not positive, or the samples do not fit in one array
   */
  static int of(int width, int height, int channels) {
    if (width < 1 || height < 1 || channels < 1) {
      throw new IllegalArgumentException(
          "a picture of " + width + "x" + height + " with " + channels + " channels: every number must be at least 1");
    }
    long pixels = (long) width * height;
    if (pixels > (Integer.MAX_VALUE - 8) / channels) {
      throw new IllegalArgumentException("a picture of " + width + "x" + height + " with " + channels
          + " channels: at most 2^31 - 9 samples are supported");
    }
    return (int) pixels * channels;
  }

  static void check(int width, int height, int channels, int length) {
    int expected = of(width, height, channels);
    if (length != expected) {
      throw new IllegalArgumentException("a picture of " + width + "x" + height + " with " + channels + " channels has "
          + expected + " samples, not " + length);
    }
  }
}
