package io.github.tsdsr.tensor;

import java.util.Arrays;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * Shape, strides and offset of a window on a storage, all counted in elements. Immutable. Strides may be zero (a
 * broadcast axis) or negative (a flipped one).
 */
public final class Layout {
  private final long[] shape;
  private final long[] strides;
  private final long offset;
  private final long count;

  private Layout(long[] shape, long[] strides, long offset) {
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    this.count = countOf(shape);
  }

  /** A row-major layout without gaps that begins at element 0. */
  public static Layout contiguous(long... shape) {
    countOf(shape);
    return new Layout(shape.clone(), rowMajor(shape), 0);
  }

  /** A layout from all its parts. */
  public static Layout of(long[] shape, long[] strides, long offset) {
    if (shape.length != strides.length) {
      throw new IllegalArgumentException(
          "a layout needs a stride for each axis, got shape " + Arrays.toString(shape) + " and strides "
              + Arrays.toString(strides));
    }
    return new Layout(shape.clone(), strides.clone(), offset);
  }

  private static long[] rowMajor(long[] shape) {
    long[] strides = new long[shape.length];
    long step = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = step;
      step *= Math.max(1, shape[i]);
    }
    return strides;
  }

  private static long countOf(long[] shape) {
    long count = 1;
    for (long n : shape) {
      if (n < 0) {
        throw new IllegalArgumentException("negative size in shape " + Arrays.toString(shape));
      }
      count = Math.multiplyExact(count, n);
    }
    return count;
  }

  /** Number of axes; 0 for a single number. */
  public int rank() {
    return shape.length;
  }

  /** Number of elements. */
  public long count() {
    return count;
  }

  /** Index in the storage, in elements, of the element at (0, ..., 0). */
  public long offset() {
    return offset;
  }

  /** Size of an axis; negative axes count from the end. */
  public long size(int axis) {
    return shape[axis(axis)];
  }

  /** Stride of an axis in elements; negative axes count from the end. */
  public long stride(int axis) {
    return strides[axis(axis)];
  }

  /** A copy of the shape. */
  public long[] shape() {
    return shape.clone();
  }

  /** A copy of the strides. */
  public long[] strides() {
    return strides.clone();
  }

  /** The axis as a number from 0 to rank - 1. */
  public int axis(int axis) {
    int a = axis < 0 ? axis + shape.length : axis;
    if (a < 0 || a >= shape.length) {
      throw new IllegalArgumentException("no axis " + axis + " in shape " + Arrays.toString(shape));
    }
    return a;
  }

  /** Whether the axes have exactly these sizes. */
  public boolean hasShape(long... other) {
    return Arrays.equals(shape, other);
  }

  /** Whether both have the same axes; strides may differ. */
  public boolean sameShape(Layout other) {
    return Arrays.equals(shape, other.shape);
  }

  /** Whether the elements lie row-major without gaps (axes of size 1 may have any stride). */
  public boolean isContiguous() {
    long step = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      if (shape[i] != 1 && strides[i] != step) {
        return count == 0;
      }
      step *= shape[i];
    }
    return true;
  }

  /**
   * The smallest storage index that an element has; meaningless when the count is 0.
   *
   * @throws IllegalArgumentException if it is beyond a long
   */
  public long lowest() {
    return farthest(-1);
  }

  /**
   * The largest storage index that an element has; meaningless when the count is 0.
   *
   * @throws IllegalArgumentException if it is beyond a long
   */
  public long highest() {
    return farthest(1);
  }

  /** The index of the element that lies farthest from the offset downwards (-1) or upwards (1). */
  private long farthest(int direction) {
    long at = offset;
    try {
      for (int i = 0; i < shape.length; i++) {
        long reach = Math.multiplyExact(strides[i], shape[i] - 1);
        if (Long.signum(reach) == direction) {
          at = Math.addExact(at, reach);
        }
      }
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "shape " + Arrays.toString(shape) + " with strides " + Arrays.toString(strides) + " from offset " + offset
              + " has elements beyond the largest index of a storage, " + Long.MAX_VALUE,
          e);
    }
    return at;
  }

  /**
   * Whether two different indices may name the same element, as along broadcast axes. False only where each axis steps
   * over all that the axes with smaller strides reach together: so for every view of a row-major layout that is not
   * broadcast, whatever its slices, steps and flips. Of other layouts, some are refused whose elements do lie apart
   * (telling for certain is a search).
   */
  public boolean overlapsItself() {
    if (count == 0) {
      return false;
    }
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] > 1) {
        long step = Math.abs(strides[i]);
        long reach = 0;
        for (int j = 0; j < shape.length; j++) {
          if (j != i && Math.abs(strides[j]) <= step) {
            // Cannot wrap where the layout fits into a storage: all reaches together are its extent.
            reach += Math.abs(strides[j]) * (shape[j] - 1);
          }
        }
        if (step <= reach) {
          return true;
        }
      }
    }
    return false;
  }

  /** Axis i of the result is axis {@code axes[i]} of this. */
  public Layout permute(int... axes) {
    if (axes.length != shape.length) {
      throw new IllegalArgumentException(
          "permutation " + Arrays.toString(axes) + " does not fit shape " + Arrays.toString(shape));
    }
    long[] s = new long[axes.length];
    long[] t = new long[axes.length];
    boolean[] seen = new boolean[axes.length];
    for (int i = 0; i < axes.length; i++) {
      int a = axis(axes[i]);
      if (seen[a]) {
        throw new IllegalArgumentException("axis " + a + " occurs twice in " + Arrays.toString(axes));
      }
      seen[a] = true;
      s[i] = shape[a];
      t[i] = strides[a];
    }
    return new Layout(s, t, offset);
  }

  /** Elements {@code from} (inclusive) to {@code to} (exclusive) along an axis. */
  public Layout slice(int axis, long from, long to) {
    int a = axis(axis);
    if (from < 0 || to < from || to > shape[a]) {
      throw new IllegalArgumentException(
          "slice " + from + ".." + to + " lies outside axis " + a + " of shape " + Arrays.toString(shape));
    }
    long[] s = shape.clone();
    s[a] = to - from;
    return new Layout(s, strides, offset + from * strides[a]);
  }

  /** Every {@code step}-th element along an axis, from the first. */
  public Layout every(int axis, long step) {
    int a = axis(axis);
    if (step < 1) {
      throw new IllegalArgumentException("a step of " + step + ", expected at least 1");
    }
    long[] s = shape.clone();
    long[] t = strides.clone();
    s[a] = (shape[a] + step - 1) / step;
    t[a] = strides[a] * step;
    return new Layout(s, t, offset);
  }

  /** The axis in reverse order. */
  public Layout flip(int axis) {
    int a = axis(axis);
    long[] t = strides.clone();
    t[a] = -strides[a];
    return new Layout(shape, t, offset + strides[a] * Math.max(0, shape[a] - 1));
  }

  /** A new axis of size 1 before the given one ({@code axis} may equal the rank). */
  public Layout unsqueeze(int axis) {
    int a = axis < 0 ? axis + shape.length + 1 : axis;
    long[] s = new long[shape.length + 1];
    long[] t = new long[shape.length + 1];
    for (int i = 0, j = 0; i < s.length; i++) {
      if (i == a) {
        s[i] = 1;
        t[i] = 0;
      } else {
        s[i] = shape[j];
        t[i] = strides[j++];
      }
    }
    return new Layout(s, t, offset);
  }

  /** Without an axis of size 1. */
  public Layout squeeze(int axis) {
    int a = axis(axis);
    if (shape[a] != 1) {
      throw new IllegalArgumentException("axis " + a + " of shape " + Arrays.toString(shape) + " is not of size 1");
    }
    long[] s = new long[shape.length - 1];
    long[] t = new long[shape.length - 1];
    for (int i = 0, j = 0; i < shape.length; i++) {
      if (i != a) {
        s[j] = shape[i];
        t[j++] = strides[i];
      }
    }
    return new Layout(s, t, offset);
  }

  /**
   * The same elements in the same order under another shape, as a view.
   *
   * @throws IllegalArgumentException where the counts differ or no strides describe the result (then copy first)
   */
  public Layout reshape(long... to) {
    return tryReshape(to).orElseThrow(() -> new IllegalArgumentException(
        "a view of " + this + " cannot have shape " + Arrays.toString(to) + "; copy it first"));
  }

  /**
   * As {@link #reshape}, but empty where no strides describe the result.
   *
   * @throws IllegalArgumentException where the counts differ
   */
  public Optional<Layout> tryReshape(long... to) {
    if (countOf(to) != count) {
      throw new IllegalArgumentException(
          "shape " + Arrays.toString(shape) + " has not as many elements as " + Arrays.toString(to));
    }
    if (count == 0) {
      return Optional.of(new Layout(to.clone(), rowMajor(to), offset));
    }
    long[] t = new long[to.length];
    int i = shape.length - 1;
    int j = to.length - 1;
    while (i >= 0 || j >= 0) {
      // Take the smallest runs of axes on both sides that hold equally many elements.
      long have = 1;
      long want = 1;
      int iEnd = i;
      int jEnd = j;
      do {
        if (have <= want && i >= 0) {
          have *= shape[i--];
        } else {
          want *= to[j--];
        }
      } while (have != want);
      while (i >= 0 && shape[i] == 1) {
        i--;
      }
      while (j >= 0 && to[j] == 1) {
        j--;
      }
      // The run on this side must lie in one even progression.
      long step = 0;
      long span = 1;
      boolean first = true;
      for (int a = iEnd; a > i; a--) {
        if (shape[a] == 1) {
          continue;
        }
        if (first) {
          step = strides[a];
          first = false;
        } else if (strides[a] != step * span) {
          return Optional.empty();
        }
        span *= shape[a];
      }
      long s = step;
      for (int b = jEnd; b > j; b--) {
        t[b] = s;
        s *= to[b];
      }
    }
    return Optional.of(new Layout(to.clone(), t, offset));
  }

  /**
   * This layout as an operand of an operation whose result has the given shape: missing leading axes are added, axes of
   * size 1 are repeated with stride 0 (numpy's rule).
   */
  public Layout broadcast(long... to) {
    int lead = to.length - shape.length;
    long[] t = new long[to.length];
    for (int i = 0; i < to.length; i++) {
      if (i >= lead && lead >= 0 && shape[i - lead] == to[i]) {
        t[i] = strides[i - lead];
      } else if (lead < 0 || (i >= lead && shape[i - lead] != 1)) {
        throw new IllegalArgumentException(
            "shape " + Arrays.toString(shape) + " cannot be broadcast to " + Arrays.toString(to));
      }
    }
    if (lead < 0) {
      throw new IllegalArgumentException(
          "shape " + Arrays.toString(shape) + " cannot be broadcast to " + Arrays.toString(to));
    }
    return new Layout(to.clone(), t, offset);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Layout l && offset == l.offset && Arrays.equals(shape, l.shape)
        && Arrays.equals(strides, l.strides);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * Arrays.hashCode(shape) + Arrays.hashCode(strides)) + Long.hashCode(offset);
  }

  @Override
  public String toString() {
    StringJoiner s = new StringJoiner("x", "", isContiguous() ? "" : " strides " + Arrays.toString(strides));
    for (long n : shape) {
      s.add(Long.toString(n));
    }
    return shape.length == 0 ? "scalar" : s.toString();
  }
}
