package io.github.tsdsr.data;

import io.github.tsdsr.pixel.BytePixels;

/** How much there is to see in a part of a picture. */
final class Detail {
  private Detail() {}

  /**
   * The sum of the absolute differences between neighbours two pixels apart, down and across, over every second row and
   * column of R + G + B: a whole number, the same everywhere.
   */
  static long of(BytePixels rgb, int x, int y, int width, int height) {
    long sum = 0;
    for (int row = y; row < y + height; row += 2) {
      for (int column = x; column < x + width; column += 2) {
        int here = grey(rgb, column, row);
        if (column + 2 < x + width) {
          sum += Math.abs(here - grey(rgb, column + 2, row));
        }
        if (row + 2 < y + height) {
          sum += Math.abs(here - grey(rgb, column, row + 2));
        }
      }
    }
    return sum;
  }

  private static int grey(BytePixels rgb, int x, int y) {
    return rgb.at(x, y, 0) + rgb.at(x, y, 1) + rgb.at(x, y, 2);
  }
}
