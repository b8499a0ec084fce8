package io.github.tsdsr.tensor.op;

/**
 * Stride and zero padding of a two-dimensional convolution.
 *
 * @param down stride between rows
 * @param across stride between columns
 * @param top zero rows above the picture
 * @param bottom zero rows below
 * @param left zero columns on the left
 * @param right zero columns on the right
 */
public record ConvGeometry(int down, int across, int top, int bottom, int left, int right) {
  public ConvGeometry {
    Checks.that(down > 0 && across > 0, "ConvGeometry", "positive strides", down, across);
    Checks.that(
        top >= 0 && bottom >= 0 && left >= 0 && right >= 0, "ConvGeometry", "no negative padding", top, bottom, left,
        right);
  }

  /** One stride for both directions, one padding on all sides. */
  public static ConvGeometry square(int stride, int padding) {
    return new ConvGeometry(stride, stride, padding, padding, padding, padding);
  }

  /** Rows of the result: floor((h + top + bottom - kernel) / down) + 1. */
  public long outHeight(long h, long kernel) {
    return Math.floorDiv(h + top + bottom - kernel, (long) down) + 1;
  }

  /** Columns of the result: floor((w + left + right - kernel) / across) + 1. */
  public long outWidth(long w, long kernel) {
    return Math.floorDiv(w + left + right - kernel, (long) across) + 1;
  }

  /** Checks the shapes of a convolution's picture x (N,H,W,C), kernel w (O,kh,kw,C) and result y (N,H',W',O). */
  void check(String op, long[] x, long[] w, long[] y) {
    Checks.that(x.length == 4 && w.length == 4 && y.length == 4, op, "four axes each", x.length, w.length, y.length);
    Checks.that(w[3] == x[3] && w[0] == y[3] && x[0] == y[0], op, "matching channels and batch",
        java.util.Arrays.toString(x), java.util.Arrays.toString(w), java.util.Arrays.toString(y));
    Checks.that(outHeight(x[1], w[1]) == y[1] && outWidth(x[2], w[2]) == y[2] && y[1] > 0 && y[2] > 0, op,
        "a result of " + outHeight(x[1], w[1]) + "x" + outWidth(x[2], w[2]), y[1] + "x" + y[2]);
  }
}
