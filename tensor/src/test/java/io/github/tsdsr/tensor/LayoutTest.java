package io.github.tsdsr.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/** Views against arrays of indices that are moved about element by element. */
class LayoutTest {
  /** A layout with the storage index of each of its elements, in row-major order, kept by hand. */
  record View(Layout layout, long[] elements) {
    static View contiguous(long... shape) {
      Layout l = Layout.contiguous(shape);
      long[] e = new long[(int) l.count()];
      Arrays.setAll(e, i -> i);
      return new View(l, e);
    }

    /** A random view of this one. */
    View then(Random random) {
      int rank = layout.rank();
      int axis = random.nextInt(rank);
      long n = layout.size(axis);
      switch (random.nextInt(7)) {
        case 0 -> {
          int[] axes = IntStream.range(0, rank).toArray();
          for (int i = rank - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int a = axes[i];
            axes[i] = axes[j];
            axes[j] = a;
          }
          long[] to = new long[rank];
          Arrays.setAll(to, i -> layout.size(axes[i]));
          return moved(layout.permute(axes), to, at -> {
            long[] from = new long[rank];
            for (int i = 0; i < rank; i++) {
              from[axes[i]] = at[i];
            }
            return from;
          });
        }
        case 1 -> {
          long from = random.nextInt((int) n);
          long to = from + 1 + random.nextInt((int) (n - from));
          return along(layout.slice(axis, from, to), axis, to - from, i -> from + i);
        }
        case 2 -> {
          long step = 1 + random.nextInt(3);
          return along(layout.every(axis, step), axis, (n + step - 1) / step, i -> i * step);
        }
        case 3 -> {
          return along(layout.flip(axis), axis, n, i -> n - 1 - i);
        }
        case 4 -> {
          return new View(layout.unsqueeze(axis), elements);
        }
        case 5 -> {
          return n == 1 && rank > 1 ? new View(layout.squeeze(axis), elements) : this;
        }
        default -> {
          if (n != 1) {
            return this;
          }
          long[] shape = layout.shape();
          shape[axis] = 3;
          return along(layout.broadcast(shape), axis, 3, _ -> 0);
        }
      }
    }

    private interface Along {
      long from(long i);
    }

    private interface Mapping {
      long[] from(long[] at);
    }

    private View along(Layout l, int axis, long size, Along map) {
      long[] shape = layout.shape();
      shape[axis] = size;
      return moved(l, shape, at -> {
        long[] from = at.clone();
        from[axis] = map.from(at[axis]);
        return from;
      });
    }

    private View moved(Layout l, long[] shape, Mapping map) {
      int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
      long[] e = new long[count];
      for (int i = 0; i < count; i++) {
        e[i] = elements[(int) number(map.from(place(i, shape)), layout.shape())];
      }
      return new View(l, e);
    }

    private static long[] place(long number, long[] shape) {
      long[] at = new long[shape.length];
      for (int a = shape.length - 1; a >= 0; a--) {
        at[a] = number % shape[a];
        number /= shape[a];
      }
      return at;
    }

    private static long number(long[] at, long[] shape) {
      long n = 0;
      for (int a = 0; a < shape.length; a++) {
        n = n * shape[a] + at[a];
      }
      return n;
    }
  }

  /** What the layout's strides say. */
  static long[] indices(Layout l) {
    long[] found = new long[(int) l.count()];
    for (int i = 0; i < found.length; i++) {
      long[] at = View.place(i, l.shape());
      found[i] = l.offset();
      for (int a = 0; a < at.length; a++) {
        found[i] += at[a] * l.stride(a);
      }
    }
    return found;
  }

  @RepeatedTest(300)
  void viewsOfViewsNameTheElementsThatMovingThemGives(RepetitionInfo info) {
    Random random = new Random(info.getCurrentRepetition());
    long[] shape = new long[1 + random.nextInt(4)];
    Arrays.setAll(shape, _ -> 1 + random.nextInt(4));
    View v = View.contiguous(shape);
    for (int i = 0; i < 6 && v.layout.rank() < 7; i++) {
      v = v.then(random);
      assertArrayEquals(v.elements, indices(v.layout), v.layout::toString);
      checkProperties(v);
      checkReshapes(v);
    }
  }

  private static void checkProperties(View v) {
    long[] sorted = v.elements.clone();
    Arrays.sort(sorted);
    assertEquals(sorted[0], v.layout.lowest());
    assertEquals(sorted[sorted.length - 1], v.layout.highest());
    assertEquals(v.elements.length, v.layout.count());
    boolean repeats = Arrays.stream(sorted).distinct().count() < sorted.length;
    assertEquals(repeats, v.layout.overlapsItself());
    boolean rising = true;
    for (int i = 1; i < v.elements.length; i++) {
      rising &= v.elements[i] == v.elements[i - 1] + 1;
    }
    assertEquals(rising, v.layout.isContiguous(), v.layout::toString);
    assertEquals(v.layout, Layout.of(v.layout.shape(), v.layout.strides(), v.layout.offset()));
  }

  /** A reshape keeps the elements in their order, or there is none; of contiguous elements there always is one. */
  private static void checkReshapes(View v) {
    long n = v.layout.count();
    for (long first = 1; first <= n; first++) {
      if (n % first == 0) {
        for (long[] to : new long[][] {{first, n / first}, {1, first, 1, n / first}, {n}}) {
          Optional<Layout> reshaped = v.layout.tryReshape(to);
          reshaped.ifPresent(l -> {
            assertArrayEquals(v.elements, indices(l), () -> v.layout + " to " + l);
            assertTrue(l.hasShape(to));
            assertEquals(v.layout.overlapsItself(), l.overlapsItself(), () -> v.layout + " to " + l);
          });
          assertTrue(reshaped.isPresent() || !v.layout.isContiguous());
        }
      }
    }
    assertEquals(v.layout.shape().length, v.layout.tryReshape(v.layout.shape()).orElseThrow().rank());
  }

  @Test
  void aReshapeThatNeedsACopyIsRefused() {
    Layout transposed = Layout.contiguous(3, 4).permute(1, 0);
    assertTrue(transposed.tryReshape(12).isEmpty());
    assertThrows(IllegalArgumentException.class, () -> transposed.reshape(12));
    assertTrue(transposed.tryReshape(2, 2, 3).isPresent(), "an axis may be split");
    assertThrows(IllegalArgumentException.class, () -> Layout.contiguous(3, 4).reshape(13));
  }

  @Test
  void negativeAxesCountFromTheEnd() {
    Layout l = Layout.contiguous(2, 3, 5);
    assertEquals(5, l.size(-1));
    assertEquals(15, l.stride(-3));
    assertEquals(l.slice(2, 1, 3), l.slice(-1, 1, 3));
  }

  @Test
  void whatLiesOutsideIsRefused() {
    Layout l = Layout.contiguous(2, 3);
    assertThrows(IllegalArgumentException.class, () -> l.slice(0, 0, 3));
    assertThrows(IllegalArgumentException.class, () -> l.slice(0, -1, 1));
    assertThrows(IllegalArgumentException.class, () -> l.slice(0, 2, 1));
    assertThrows(IllegalArgumentException.class, () -> l.size(2));
    assertThrows(IllegalArgumentException.class, () -> l.size(-3));
    assertThrows(IllegalArgumentException.class, () -> l.permute(0, 0));
    assertThrows(IllegalArgumentException.class, () -> l.permute(0));
    assertThrows(IllegalArgumentException.class, () -> l.every(0, 0));
    assertThrows(IllegalArgumentException.class, () -> l.squeeze(0));
    assertThrows(IllegalArgumentException.class, () -> l.broadcast(4, 3));
    assertThrows(IllegalArgumentException.class, () -> Layout.contiguous(-1));
  }

  @Test
  void sizesBeyondALongAreRefused() {
    assertThrows(ArithmeticException.class, () -> Layout.contiguous(1L << 32, 1L << 32));
    long huge = 1L << 62;
    Layout up = Layout.of(new long[] {3, 3}, new long[] {huge, huge}, 0);
    Layout down = Layout.of(new long[] {3, 3}, new long[] {-huge, -huge}, 0);
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, down::lowest);
    assertTrue(e.getMessage().contains("shape [3, 3] with strides [-"), e.getMessage());
    assertThrows(IllegalArgumentException.class, up::highest);
    // Each axis alone has a place, both together have not.
    assertThrows(IllegalArgumentException.class,
        () -> Layout.of(new long[] {2, 2, 2}, new long[] {-huge, -huge, -1}, 0).lowest());
    assertThrows(IllegalArgumentException.class,
        () -> Layout.of(new long[] {2, 2}, new long[] {huge, huge}, 0).highest());
    assertEquals(-huge - 1, Layout.of(new long[] {2}, new long[] {-huge}, -1).lowest());
  }

  @Test
  void noLayoutThatNamesAnElementTwicePassesForOneThatDoesNot() {
    Random random = new Random(7);
    int repeated = 0;
    int apart = 0;
    int apartAndSeen = 0;
    for (int i = 0; i < 20_000; i++) {
      long[] shape = new long[1 + random.nextInt(4)];
      long[] strides = new long[shape.length];
      Arrays.setAll(shape, _ -> 1 + random.nextInt(4));
      Arrays.setAll(strides, _ -> random.nextInt(-12, 13));
      Layout l = Layout.of(shape, strides, 0);
      boolean repeats = Arrays.stream(indices(l)).distinct().count() < l.count();
      assertTrue(l.overlapsItself() || !repeats, l::toString);
      repeated += repeats ? 1 : 0;
      apart += repeats ? 0 : 1;
      apartAndSeen += l.overlapsItself() ? 0 : 1;
    }
    assertTrue(repeated > 5000 && apart > 5000, repeated + " repeat elements, " + apart + " do not");
    assertTrue(apartAndSeen > apart / 2, apartAndSeen + " of " + apart + " are seen to lie apart");
  }

  @Test
  void emptyLayoutsHaveNoElements() {
    Layout l = Layout.contiguous(2, 0, 3);
    assertEquals(0, l.count());
    assertTrue(l.isContiguous());
    assertEquals(0, l.reshape(0).count());
    assertFalse(l.overlapsItself());
    assertFalse(Layout.contiguous(1, 0).broadcast(3, 0).overlapsItself());
  }
}
