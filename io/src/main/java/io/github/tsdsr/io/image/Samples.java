package io.github.tsdsr.io.image;

/** How many samples a plane has, and how samples of one width become those of another. */
final class Samples {
  static final int MAX_8 = 255;
  static final int MAX_16 = 65535;
  /** Some JVMs cannot make arrays of the very last lengths. */
  private static final int LONGEST_ARRAY = Integer.MAX_VALUE - 8;

  private Samples() {}

  /**
   * width * height * channels.
   *
   * @throws IllegalArgumentException if a side is not positive, or the product is more than an array can hold
   */
  static int count(int width, int height, int channels) {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException("a picture of " + width + "x" + height + ", expected at least 1x1");
    }
    if ((long) width * height > LONGEST_ARRAY / channels) {
      throw new IllegalArgumentException("a picture of " + width + "x" + height + " with " + channels
          + " channels is more than an array can hold (" + LONGEST_ARRAY + " samples)");
    }
    return width * height * channels;
  }

  static void checkLength(int width, int height, int channels, int length) {
    int expected = count(width, height, channels);
    if (length != expected) {
      throw new IllegalArgumentException(length + " samples, expected " + expected + " for a picture of " + width + "x"
          + height + " with " + channels + " channels");
    }
  }

  /** round(v * 255 / 65535): the nearest of the 256 levels. */
  static byte[] rounded(short[] samples) {
    byte[] out = new byte[samples.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) (((samples[i] & 0xFFFF) * MAX_8 + MAX_16 / 2) / MAX_16);
    }
    return out;
  }

  /** Samples in [0, 1] to the nearest of 256 levels, clamped. */
  static byte[] bytes(float[] unit) {
    byte[] out = new byte[unit.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) level(unit[i], MAX_8);
    }
    return out;
  }

  /** Samples in [0, 1] to the nearest of 65536 levels, clamped. */
  static short[] shorts(float[] unit) {
    short[] out = new short[unit.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (short) level(unit[i], MAX_16);
    }
    return out;
  }

  private static int level(float v, int max) {
    // A cast takes NaN to 0 and truncates towards zero.
    return (int) (Math.min(Math.max(v, 0.0), 1.0) * max + 0.5);
  }

  static byte[] highBytes(short[] samples) {
    byte[] out = new byte[samples.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) (samples[i] >> 8);
    }
    return out;
  }

  /** v * 257: 0 and 255 become 0 and 65535, and {@link #rounded} gives the byte back. */
  static short[] widened(byte[] samples) {
    short[] out = new short[samples.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (short) ((samples[i] & 0xFF) * 257);
    }
    return out;
  }
}
