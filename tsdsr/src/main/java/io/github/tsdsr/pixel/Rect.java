package io.github.tsdsr.pixel;

/** A rectangle of whole pixels: columns x to x + width - 1, rows y to y + height - 1. */
public record Rect(int x, int y, int width, int height) {
  public Rect {
    if (x < 0 || y < 0 || width < 1 || height < 1) {
      throw new IllegalArgumentException("no rectangle: x " + x + ", y " + y + ", " + width + "x" + height);
    }
  }

  /** One past the last column. */
  public int right() {
    return x + width;
  }

  /** One past the last row. */
  public int bottom() {
    return y + height;
  }

  static void within(int x, int y, int width, int height, int pictureWidth, int pictureHeight) {
    if (x < 0 || y < 0 || width < 1 || height < 1 || width > pictureWidth - x || height > pictureHeight - y) {
      throw new IllegalArgumentException("a crop of " + width + "x" + height + " at (" + x + ", " + y
          + ") does not lie within a picture of " + pictureWidth + "x" + pictureHeight);
    }
  }
}
