package io.github.tsdsr.io.image;

import java.lang.reflect.Array;

/**
 * EXIF's orientation: which side of the shown picture the stored first row and first column are.
 *
 * <pre>
 *   value   1     2      3       4       5     6      7       8
 *   row 0   top   top    bottom  bottom  left  right  right   left
 *   col 0   left  right  right   left    top   top    bottom  bottom
 * </pre>
 */
final class Orientation {
  static final int UPRIGHT = 1;
  private static final int LAST = 8;

  private Orientation() {}

  /** The value itself if there is such an orientation, else upright: a picture is then shown as it is stored. */
  static int orUpright(long value) {
    return value >= UPRIGHT && value <= LAST ? (int) value : UPRIGHT;
  }

  static int checked(int value) {
    if (value < UPRIGHT || value > LAST) {
      throw new IllegalArgumentException("an orientation of " + value + ", expected 1 to 8");
    }
    return value;
  }

  /** Whether stored rows become columns. */
  static boolean swapsSides(int orientation) {
    return orientation >= 5;
  }

  /**
   * Moves the pixels of a stored plane to where they are shown.
   *
   * @param stored byte[] or short[] of width * height * channels samples, interleaved
   * @return an array of the same type
   */
  static Object apply(int orientation, Object stored, int width, int height, int channels) {
    boolean swaps = swapsSides(orientation);
    boolean firstRowLast = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    boolean firstColumnLast = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    int shownWidth = swaps ? height : width;
    Object shown = Array.newInstance(stored.getClass().componentType(), Array.getLength(stored));
    for (int y = 0; y < height; y++) {
      int across = firstRowLast ? height - 1 - y : y;
      for (int x = 0; x < width; x++) {
        int along = firstColumnLast ? width - 1 - x : x;
        int to = swaps ? along * shownWidth + across : across * shownWidth + along;
        System.arraycopy(stored, (y * width + x) * channels, shown, to * channels, channels);
      }
    }
    return shown;
  }
}
