package io.github.tsdsr.io.image.vp8;

/** The two inverse transforms in whole numbers (RFC 6386, section 14). Coefficients lie row by row, 16 a block. */
final class Transform {
  private Transform() {}

  /**
   * Walsh-Hadamard: the averages (Y2) to the first coefficients of 16 luma blocks.
   *
   * @param in the block of averages lies at {@code from}
   * @param out the first coefficient of block i goes to {@code 16 * i}
   */
  static void averages(int[] in, int from, int[] out) {
    int[] t = new int[16];
    for (int i = 0; i < 4; i++) {
      int a0 = in[from + i] + in[from + 12 + i];
      int a1 = in[from + 4 + i] + in[from + 8 + i];
      int a2 = in[from + 4 + i] - in[from + 8 + i];
      int a3 = in[from + i] - in[from + 12 + i];
      t[i] = a0 + a1;
      t[8 + i] = a0 - a1;
      t[4 + i] = a3 + a2;
      t[12 + i] = a3 - a2;
    }
    for (int i = 0; i < 4; i++) {
      int rounded = t[4 * i] + 3;
      int a0 = rounded + t[4 * i + 3];
      int a1 = t[4 * i + 1] + t[4 * i + 2];
      int a2 = t[4 * i + 1] - t[4 * i + 2];
      int a3 = rounded - t[4 * i + 3];
      out[64 * i] = a0 + a1 >> 3;
      out[64 * i + 16] = a3 + a2 >> 3;
      out[64 * i + 32] = a0 - a1 >> 3;
      out[64 * i + 48] = a3 - a2 >> 3;
    }
  }

  /** Inverse cosine transform of the block at {@code from}, added to the 4x4 samples at {@code at}. */
  static void add(int[] c, int from, byte[] plane, int at, int stride) {
    int[] t = new int[16];
    for (int i = 0; i < 4; i++) {
      int c1 = c[from + 4 + i];
      int c3 = c[from + 12 + i];
      int a = c[from + i] + c[from + 8 + i];
      int b = c[from + i] - c[from + 8 + i];
      int cc = sine(c1) - cosine(c3);
      int d = cosine(c1) + sine(c3);
      t[4 * i] = a + d;
      t[4 * i + 1] = b + cc;
      t[4 * i + 2] = b - cc;
      t[4 * i + 3] = a - d;
    }
    for (int i = 0; i < 4; i++) {
      int rounded = t[i] + 4;
      int a = rounded + t[8 + i];
      int b = rounded - t[8 + i];
      int cc = sine(t[4 + i]) - cosine(t[12 + i]);
      int d = cosine(t[4 + i]) + sine(t[12 + i]);
      int row = at + i * stride;
      plus(plane, row, a + d >> 3);
      plus(plane, row + 1, b + cc >> 3);
      plus(plane, row + 2, b - cc >> 3);
      plus(plane, row + 3, a - d >> 3);
    }
  }

  /** sqrt(2) cos(pi / 8), in 16 binary places. */
  private static int cosine(int v) {
    return (v * 20091 >> 16) + v;
  }

  /** sqrt(2) sin(pi / 8), in 16 binary places. */
  private static int sine(int v) {
    return v * 35468 >> 16;
  }

  private static void plus(byte[] plane, int at, int v) {
    plane[at] = clamp((plane[at] & 0xFF) + v);
  }

  static byte clamp(int v) {
    return (byte) ((v & ~0xFF) == 0 ? v : v < 0 ? 0 : 255);
  }
}
