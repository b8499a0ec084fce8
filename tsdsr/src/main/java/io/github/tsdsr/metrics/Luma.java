package io.github.tsdsr.metrics;

import io.github.tsdsr.pixel.BytePixels;

/** The brightness of an RGB pixel, as an exact fraction of the byte scale. */
public enum Luma {
  /** Y of BT.601 in 16..235: 16 + (65.481 R + 128.553 G + 24.966 B) / 255. The paper's setting. */
  YCBCR(65481, 128553, 24966, 255_000, 16),
  /** 0.299 R + 0.587 G + 0.114 B. */
  YIQ(299, 587, 114, 1000, 0);

  private final int red;
  private final int green;
  private final int blue;
  private final int denominator;
  private final int offset;

  Luma(int red, int green, int blue, int denominator, int offset) {
    this.red = red;
    this.green = green;
    this.blue = blue;
    this.denominator = denominator;
    this.offset = offset;
  }

  private long numerator(byte[] rgb, int at) {
    return (long) red * (rgb[at] & 0xFF) + (long) green * (rgb[at + 1] & 0xFF) + (long) blue * (rgb[at + 2] & 0xFF);
  }

  /** The squared difference of two pixels' lumas, on the scale 0..1. */
  double squaredDifference(byte[] a, byte[] b, int at) {
    double d = (numerator(a, at) - numerator(b, at)) / (denominator * 255.0);
    return d * d;
  }

  /** The lumas on the scale 0..255, row by row, rounded, ties to even. */
  public double[] rounded(BytePixels picture) {
    double[] out = new double[picture.width() * picture.height()];
    for (int i = 0; i < out.length; i++) {
      long numerator = numerator(picture.samples(), 3 * i);
      long whole = numerator / denominator;
      long twiceRest = 2 * (numerator - whole * denominator);
      boolean up = twiceRest > denominator || twiceRest == denominator && (whole + offset) % 2 != 0;
      out[i] = offset + whole + (up ? 1 : 0);
    }
    return out;
  }
}
