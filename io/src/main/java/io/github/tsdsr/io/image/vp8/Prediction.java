package io.github.tsdsr.io.image.vp8;

import java.util.Arrays;

/**
 * Samples guessed from those above and to the left, which are not yet smoothed (RFC 6386, section 12). Planes have a
 * border: 127 above the picture, 129 to its left.
 */
final class Prediction {
  /** Modes of whole macroblocks; the first four are also those of 4x4 blocks that go with them. */
  static final int AVERAGE = 0;
  static final int GRADIENT = 1;
  static final int FROM_ABOVE = 2;
  static final int FROM_LEFT = 3;
  /** The other modes of 4x4 blocks: along a slope. */
  private static final int DOWN_LEFT = 4;
  private static final int DOWN_RIGHT = 5;
  private static final int STEEP_RIGHT = 6;
  private static final int STEEP_LEFT = 7;
  private static final int FLAT_DOWN = 8;

  private Prediction() {}

  /** A square of 8 or 16 samples a side. At the picture's edges the average leaves out what is not there. */
  static void square(int mode, byte[] p, int at, int stride, int side, boolean hasAbove, boolean hasLeft) {
    switch (mode) {
      case AVERAGE -> {
        int sum = 0;
        for (int i = 0; i < side; i++) {
          sum += (hasAbove ? p[at - stride + i] & 0xFF : 0) + (hasLeft ? p[at + i * stride - 1] & 0xFF : 0);
        }
        int count = (hasAbove ? side : 0) + (hasLeft ? side : 0);
        fill(p, at, stride, side, count == 0 ? 128 : (sum + count / 2) / count);
      }
      case GRADIENT -> gradient(p, at, stride, side);
      case FROM_ABOVE -> {
        for (int y = 0; y < side; y++) {
          System.arraycopy(p, at - stride, p, at + y * stride, side);
        }
      }
      default -> {
        for (int y = 0; y < side; y++) {
          Arrays.fill(p, at + y * stride, at + y * stride + side, p[at + y * stride - 1]);
        }
      }
    }
  }

  private static void fill(byte[] p, int at, int stride, int side, int v) {
    for (int y = 0; y < side; y++) {
      Arrays.fill(p, at + y * stride, at + y * stride + side, (byte) v);
    }
  }

  private static void gradient(byte[] p, int at, int stride, int side) {
    int corner = p[at - stride - 1] & 0xFF;
    for (int y = 0; y < side; y++) {
      int left = (p[at + y * stride - 1] & 0xFF) - corner;
      for (int x = 0; x < side; x++) {
        p[at + y * stride + x] = Transform.clamp(left + (p[at - stride + x] & 0xFF));
      }
    }
  }

  /**
   * A square of 4 samples a side.
   *
   * @param right where the four samples above and to the right lie
   */
  static void block(int mode, byte[] p, int at, int stride, int right) {
    // From the lower left corner up, around, and to the right: 4 left, the corner, 4 above, 4 above to the right.
    int[] e = new int[13];
    for (int i = 0; i < 4; i++) {
      e[3 - i] = p[at + i * stride - 1] & 0xFF;
      e[5 + i] = p[at - stride + i] & 0xFF;
      e[9 + i] = p[right + i] & 0xFF;
    }
    e[4] = p[at - stride - 1] & 0xFF;
    switch (mode) {
      case AVERAGE -> {
        int sum = 4;
        for (int i = 0; i < 4; i++) {
          sum += e[i] + e[5 + i];
        }
        fill(p, at, stride, 4, sum >> 3);
      }
      case GRADIENT -> gradient(p, at, stride, 4);
      case FROM_ABOVE -> {
        for (int x = 0; x < 4; x++) {
          for (int y = 0; y < 4; y++) {
            p[at + y * stride + x] = three(e, 5 + x);
          }
        }
      }
      case FROM_LEFT -> {
        for (int y = 0; y < 4; y++) {
          int v = y < 3 ? three(e, 3 - y) : (byte) (e[1] + 3 * e[0] + 2 >> 2);
          fillRow(p, at + y * stride, v);
        }
      }
      default -> slope(mode, e, p, at, stride);
    }
  }

  private static void fillRow(byte[] p, int at, int v) {
    Arrays.fill(p, at, at + 4, (byte) v);
  }

  private static void slope(int mode, int[] e, byte[] p, int at, int stride) {
    for (int y = 0; y < 4; y++) {
      for (int x = 0; x < 4; x++) {
        p[at + y * stride + x] = switch (mode) {
          case DOWN_LEFT -> x + y < 6 ? three(e, 6 + x + y) : (byte) (e[11] + 3 * e[12] + 2 >> 2);
          case DOWN_RIGHT -> three(e, 4 + x - y);
          case STEEP_RIGHT -> steepRight(e, x, y);
          case STEEP_LEFT -> steepLeft(e, x, y);
          case FLAT_DOWN -> flatDown(e, x, y);
          default -> flatUp(e, x, y);
        };
      }
    }
  }

  private static byte steepRight(int[] e, int x, int y) {
    int step = 2 * x - y;
    if (step < -1) {
      return three(e, 4 + step + 1);
    }
    return (step & 1) == 0 ? two(e, 4 + step / 2) : three(e, 4 + (step + 1) / 2);
  }

  private static byte steepLeft(int[] e, int x, int y) {
    if (x == 3 && y >= 2) {
      return three(e, y == 2 ? 10 : 11);
    }
    return (y & 1) == 0 ? two(e, 5 + x + y / 2) : three(e, 6 + x + y / 2);
  }

  private static byte flatDown(int[] e, int x, int y) {
    int step = 2 * y - x;
    if (step < -1) {
      return three(e, 4 - step - 1);
    }
    return (step & 1) == 0 ? two(e, 3 - step / 2) : three(e, 4 - (step + 1) / 2);
  }

  /** The left samples from the top down, the last one repeated. */
  private static byte flatUp(int[] e, int x, int y) {
    int step = x + 2 * y;
    if (step > 5) {
      return (byte) e[0];
    }
    int i = 3 - step / 2;
    if ((step & 1) == 0) {
      return (byte) (e[i] + e[i - 1] + 1 >> 1);
    }
    return (byte) (e[i] + 2 * e[i - 1] + e[Math.max(0, i - 2)] + 2 >> 2);
  }

  private static byte three(int[] e, int i) {
    return (byte) (e[i - 1] + 2 * e[i] + e[i + 1] + 2 >> 2);
  }

  private static byte two(int[] e, int i) {
    return (byte) (e[i] + e[i + 1] + 1 >> 1);
  }
}
