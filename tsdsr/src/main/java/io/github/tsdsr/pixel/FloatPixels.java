package io.github.tsdsr.pixel;

/**
 * A picture of float samples, rows from the top, interleaved like {@link BytePixels}. Whether they lie in [0, 1] or
 * [-1, 1] is up to who made them. The array is not copied; equality is that of the array's identity.
 */
public record FloatPixels(int width, int height, int channels, float[] samples) {
  public FloatPixels {
    SampleCount.check(width, height, channels, samples.length);
  }

  /** A picture of zeros. */
  public static FloatPixels blank(int width, int height, int channels) {
    return new FloatPixels(width, height, channels, new float[SampleCount.of(width, height, channels)]);
  }

  /** One sample. */
  public float at(int x, int y, int channel) {
    return samples[(y * width + x) * channels + channel];
  }

  /** Samples in [0, 1] as bytes: clamped, times 255, brought to an integer by the rule. A NaN becomes 0. */
  public BytePixels toBytes(ByteRounding rule) {
    byte[] out = new byte[samples.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = rule.ofUnit(samples[i]);
    }
    return new BytePixels(width, height, channels, out);
  }

  /** Samples in [-1, 1] as bytes: clamped, (v / 2 + 0.5) * 255, brought to an integer by the rule. A NaN becomes 0. */
  public BytePixels signedToBytes(ByteRounding rule) {
    byte[] out = new byte[samples.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = rule.ofUnit(samples[i] / 2.0 + 0.5);
    }
    return new BytePixels(width, height, channels, out);
  }

  /**
   * A copy of the rectangle whose top left corner is (x, y).
   *
   * @throws IllegalArgumentException if it does not lie within the picture
   */
  public FloatPixels crop(int x, int y, int cropWidth, int cropHeight) {
    Rect.within(x, y, cropWidth, cropHeight, width, height);
    FloatPixels out = blank(cropWidth, cropHeight, channels);
    for (int row = 0; row < cropHeight; row++) {
      System.arraycopy(samples, ((y + row) * width + x) * channels, out.samples, row * cropWidth * channels,
          cropWidth * channels);
    }
    return out;
  }

  /**
   * This picture in the top left corner of a larger one, whose further columns and rows repeat the last column and row.
   *
   * @throws IllegalArgumentException if the larger one is smaller
   */
  public FloatPixels padByEdge(int toWidth, int toHeight) {
    if (toWidth < width || toHeight < height) {
      throw new IllegalArgumentException(
          "a picture of " + width + "x" + height + " cannot be padded to " + toWidth + "x" + toHeight);
    }
    if (toWidth == width && toHeight == height) {
      return this;
    }
    FloatPixels out = blank(toWidth, toHeight, channels);
    float[] to = out.samples;
    int stride = toWidth * channels;
    for (int y = 0; y < toHeight; y++) {
      int at = y * stride;
      if (y >= height) {
        System.arraycopy(to, (height - 1) * stride, to, at, stride);
        continue;
      }
      System.arraycopy(samples, y * width * channels, to, at, width * channels);
      for (int i = width * channels; i < stride; i++) {
        to[at + i] = to[at + i - channels];
      }
    }
    return out;
  }
}
