package io.github.tsdsr.pixel;

import java.util.Arrays;

/**
 * A picture of 8-bit samples, rows from the top, interleaved: the sample of column x, row y, channel c is {@code
 * samples[(y * width + x) * channels + c]}, to be read unsigned. The array is not copied; equality is that of the
 * array's identity.
 */
public record BytePixels(int width, int height, int channels, byte[] samples) {
  public BytePixels {
    SampleCount.check(width, height, channels, samples.length);
  }

  /** A black picture. */
  public static BytePixels blank(int width, int height, int channels) {
    return new BytePixels(width, height, channels, new byte[SampleCount.of(width, height, channels)]);
  }

  /** The sample in 0..255. */
  public int at(int x, int y, int channel) {
    return samples[(y * width + x) * channels + channel] & 0xFF;
  }

  /** The samples divided by 255. */
  public FloatPixels toUnit() {
    return toFloats(1, 0);
  }

  /** The samples from -1 to 1, as networks take them. */
  public FloatPixels toSigned() {
    return toFloats(2, -1);
  }

  private FloatPixels toFloats(float factor, float offset) {
    float[] values = new float[256];
    for (int i = 0; i < 256; i++) {
      values[i] = factor * (float) (i / 255.0) + offset;
    }
    float[] out = new float[samples.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[samples[i] & 0xFF];
    }
    return new FloatPixels(width, height, channels, out);
  }

  /**
   * A copy of the rectangle whose top left corner is (x, y).
   *
   * @throws IllegalArgumentException if it does not lie within the picture
   */
  public BytePixels crop(int x, int y, int cropWidth, int cropHeight) {
    Rect.within(x, y, cropWidth, cropHeight, width, height);
    BytePixels out = blank(cropWidth, cropHeight, channels);
    for (int row = 0; row < cropHeight; row++) {
      System.arraycopy(samples, ((y + row) * width + x) * channels, out.samples, row * cropWidth * channels,
          cropWidth * channels);
    }
    return out;
  }

  /** Whether size and samples are the same. */
  public boolean sameAs(BytePixels other) {
    return width == other.width && height == other.height && channels == other.channels
        && Arrays.equals(samples, other.samples);
  }
}
