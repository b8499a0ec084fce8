package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Layout;
import io.github.tsdsr.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the constructors of operations prove. Every method throws IllegalArgumentException with what and where. */
final class Checks {
  private Checks() {}

  static void that(boolean holds, String op, String expectation, Object... found) {
    if (!holds) {
      throw new IllegalArgumentException(op + ": expected " + expectation + ", got " + Arrays.toString(found));
    }
  }

  static void shape(String op, String what, Tensor t, long... shape) {
    if (!t.hasShape(shape)) {
      throw new IllegalArgumentException(
          op + ": " + what + " must have shape " + Layout.contiguous(shape) + ", got " + t);
    }
  }

  static void floating(String op, Tensor... tensors) {
    for (Tensor t : tensors) {
      if (t != null && !t.dtype().isFloating()) {
        throw new IllegalArgumentException(op + ": expected floating-point tensors, got " + t);
      }
    }
  }

  /** An output names each element once. */
  static void writable(String op, Tensor out) {
    that(!out.layout().overlapsItself(), op, "an output that names each element once", out);
  }

  /** An output may be an input itself (the same window), but must not overlap one in any other way. */
  static void elementwise(String op, Tensor out, Tensor... in) {
    writable(op, out);
    for (Tensor t : in) {
      if (t != null && !out.equals(t) && mayOverlap(out, t)) {
        throw new IllegalArgumentException(op + ": output " + out + " overlaps input " + t + " without being the same");
      }
    }
  }

  /** An output must not overlap any input. */
  static void disjoint(String op, Tensor out, Tensor... in) {
    writable(op, out);
    for (Tensor t : in) {
      if (t != null && mayOverlap(out, t)) {
        throw new IllegalArgumentException(op + ": output " + out + " overlaps input " + t);
      }
    }
  }

  private static boolean mayOverlap(Tensor a, Tensor b) {
    if (a.storage() != b.storage() || a.count() == 0 || b.count() == 0) {
      return false;
    }
    long a0 = a.layout().lowest() * a.dtype().bytes();
    long a1 = (a.layout().highest() + 1) * a.dtype().bytes();
    long b0 = b.layout().lowest() * b.dtype().bytes();
    long b1 = (b.layout().highest() + 1) * b.dtype().bytes();
    if (a1 <= b0 || b1 <= a0) {
      return false;
    }
    return a.dtype() != b.dtype() || !interleave(a.layout(), b.layout());
  }

  /**
   * Whether two windows lie apart although their ranges overlap, like two slices of the channels of one buffer: both
   * advance along a common period (the greatest stride of both, over which neither run of the rest extends twice).
   */
  private static boolean interleave(Layout a, Layout b) {
    long period = period(a);
    if (period == 0 || period != period(b)) {
      return false;
    }
    // Positions within the period, from the axes whose strides are below it.
    long a0 = Math.floorMod(start(a, period), period);
    long b0 = Math.floorMod(start(b, period), period);
    long a1 = a0 + inner(a, period);
    long b1 = b0 + inner(b, period);
    return a1 < period && b1 < period && (a1 < b0 || b1 < a0);
  }

  /** The least stride that is larger than the extent of the axes with smaller strides; 0 if there is none. */
  private static long period(Layout l) {
    long best = 0;
    for (int i = 0; i < l.rank(); i++) {
      long s = Math.abs(l.stride(i));
      if (l.size(i) > 1 && s > inner(l, s) + 1 && multiples(l, s) && (best == 0 || s < best)) {
        best = s;
      }
    }
    return best;
  }

  private static boolean multiples(Layout l, long period) {
    for (int i = 0; i < l.rank(); i++) {
      long s = Math.abs(l.stride(i));
      if (l.size(i) > 1 && s >= period && s % period != 0) {
        return false;
      }
    }
    return true;
  }

  /** The first of the elements that the axes with strides below the period reach from (0, ..., 0); flipped ones go back. */
  private static long start(Layout l, long period) {
    long at = l.offset();
    for (int i = 0; i < l.rank(); i++) {
      if (l.size(i) > 1 && l.stride(i) < 0 && -l.stride(i) < period) {
        at += l.stride(i) * (l.size(i) - 1);
      }
    }
    return at;
  }

  private static long inner(Layout l, long period) {
    long extent = 0;
    for (int i = 0; i < l.rank(); i++) {
      if (l.size(i) > 1 && Math.abs(l.stride(i)) < period) {
        extent += Math.abs(l.stride(i)) * (l.size(i) - 1);
      }
    }
    return extent;
  }

  static List<Tensor> present(Tensor... tensors) {
    List<Tensor> list = new ArrayList<>(tensors.length);
    for (Tensor t : tensors) {
      if (t != null) {
        list.add(t);
      }
    }
    return List.copyOf(list);
  }
}
