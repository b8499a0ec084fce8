package io.github.tsdsr.io.image.vp8;

/**
 * Smooths block edges of a plane (RFC 6386, section 15). An edge runs through {@code at}, the first sample behind it;
 * {@code across} is the way to the next sample behind it, {@code along} to the next sample on it.
 */
final class EdgeFilter {
  private EdgeFilter() {}

  /** The simple filter: two samples, luma only. */
  static void simple(byte[] p, int at, int across, int along, int count, int limit) {
    for (int i = 0; i < count; i++, at += along) {
      if (isWithin(p, at, across, 2 * limit + 1)) {
        two(p, at, across);
      }
    }
  }

  /** The edge of a macroblock: up to three samples on either side. */
  static void outer(byte[] p, int at, int across, int along, int count, int limit, FrameHeader.Filter filter) {
    for (int i = 0; i < count; i++, at += along) {
      if (isWithin(p, at, across, 2 * limit + 1) && isSmooth(p, at, across, filter.interior())) {
        if (varies(p, at, across, filter.highVariance())) {
          two(p, at, across);
        } else {
          six(p, at, across);
        }
      }
    }
  }

  /** An edge between the 4x4 blocks of a macroblock: up to two samples on either side. */
  static void inner(byte[] p, int at, int across, int along, int count, FrameHeader.Filter filter) {
    for (int i = 0; i < count; i++, at += along) {
      if (isWithin(p, at, across, 2 * filter.limit() + 1) && isSmooth(p, at, across, filter.interior())) {
        if (varies(p, at, across, filter.highVariance())) {
          two(p, at, across);
        } else {
          four(p, at, across);
        }
      }
    }
  }

  private static int difference(byte[] p, int a, int b) {
    return Math.abs((p[a] & 0xFF) - (p[b] & 0xFF));
  }

  private static boolean isWithin(byte[] p, int at, int step, int most) {
    return 4 * difference(p, at - step, at) + difference(p, at - 2 * step, at + step) <= most;
  }

  private static boolean isSmooth(byte[] p, int at, int step, int most) {
    return difference(p, at - 4 * step, at - 3 * step) <= most
        && difference(p, at - 3 * step, at - 2 * step) <= most
        && difference(p, at - 2 * step, at - step) <= most
        && difference(p, at + 3 * step, at + 2 * step) <= most
        && difference(p, at + 2 * step, at + step) <= most
        && difference(p, at + step, at) <= most;
  }

  private static boolean varies(byte[] p, int at, int step, int threshold) {
    return difference(p, at - 2 * step, at - step) > threshold || difference(p, at + step, at) > threshold;
  }

  private static void two(byte[] p, int at, int step) {
    int a = slope(p, at, step) + signed((p[at - 2 * step] & 0xFF) - (p[at + step] & 0xFF));
    plus(p, at - step, fifth(a + 3 >> 3));
    plus(p, at, -fifth(a + 4 >> 3));
  }

  private static void four(byte[] p, int at, int step) {
    int a = slope(p, at, step);
    int behind = fifth(a + 4 >> 3);
    int far = behind + 1 >> 1;
    plus(p, at - 2 * step, far);
    plus(p, at - step, fifth(a + 3 >> 3));
    plus(p, at, -behind);
    plus(p, at + step, -far);
  }

  private static void six(byte[] p, int at, int step) {
    int a = signed(slope(p, at, step) + signed((p[at - 2 * step] & 0xFF) - (p[at + step] & 0xFF)));
    for (int i = 0; i < 3; i++) {
      int change = (27 - 9 * i) * a + 63 >> 7;
      plus(p, at - (i + 1) * step, change);
      plus(p, at + i * step, -change);
    }
  }

  private static int slope(byte[] p, int at, int step) {
    return 3 * ((p[at] & 0xFF) - (p[at - step] & 0xFF));
  }

  private static int signed(int v) {
    return Math.max(-128, Math.min(127, v));
  }

  /** To five bits with sign. */
  private static int fifth(int v) {
    return Math.max(-16, Math.min(15, v));
  }

  private static void plus(byte[] p, int at, int v) {
    p[at] = Transform.clamp((p[at] & 0xFF) + v);
  }
}
