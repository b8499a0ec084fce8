package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.tensor.Tensor;

/**
 * Square windows that are moved over a picture (N,H,W,C): result (i,j) is made of the pixels (i stride + r - padding, j
 * stride + s - padding), r and s from 0 to kernel - 1, as far as these lie inside.
 *
 * @param ceil whether a last window that is not full counts; one that would begin in the padding never does
 */
record PoolWindows(int kernel, int stride, int padding, boolean ceil) {
  PoolWindows {
    if (kernel < 1 || stride < 1 || padding < 0 || padding > kernel / 2) {
      throw new IllegalArgumentException(
          "windows of " + kernel + " with stride " + stride + " and padding " + padding
              + ": expected padding of at most"
              + " half a window");
    }
  }

  /** The pixels of x at one place of the windows, and the results of y whose window has that pixel. */
  record Pair(Tensor x, Tensor y) {
    boolean isEmpty() {
      return y.count() == 0;
    }
  }

  /** Results along a side of n pixels. */
  long out(long n) {
    long room = n + 2L * padding - kernel;
    if (room < 0) {
      throw new IllegalArgumentException("a side of " + n + " is smaller than a window of " + kernel);
    }
    long out = (ceil ? Math.ceilDiv(room, stride) : room / stride) + 1;
    return (out - 1) * stride < n + padding ? out : out - 1;
  }

  /** How many pixels of a side of n lie in the window of result i. */
  long inside(long n, long i) {
    long from = i * stride - padding;
    return Math.min(n, from + kernel) - Math.max(0, from);
  }

  /** The place in row r and column s of the windows. */
  Pair at(int r, int s, Tensor x, Tensor y) {
    Pair rows = along(1, r, x, y);
    return along(2, s, rows.x, rows.y);
  }

  private Pair along(int axis, int place, Tensor x, Tensor y) {
    long n = x.size(axis);
    long from = Math.max(0, Math.ceilDiv((long) padding - place, (long) stride));
    long to = Math.min(y.size(axis), Math.floorDiv(n - 1 + padding - place, (long) stride) + 1);
    if (to <= from) {
      return new Pair(x.slice(axis, 0, 0), y.slice(axis, 0, 0));
    }
    long first = from * stride + place - padding;
    long last = (to - 1) * stride + place - padding;
    return new Pair(x.slice(axis, first, last + 1).every(axis, stride), y.slice(axis, from, to));
  }
}
