package io.github.tsdsr.tensor.op;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Layout;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** That no operation is let through whose output overlaps an input: against all elements of random windows. */
class AliasingTest {
  private static Set<Long> elements(Layout l) {
    Set<Long> found = new HashSet<>();
    long[] shape = l.shape();
    for (long i = 0; i < l.count(); i++) {
      long rest = i;
      long at = l.offset();
      for (int a = shape.length - 1; a >= 0; a--) {
        at += rest % shape[a] * l.stride(a);
        rest /= shape[a];
      }
      found.add(at);
    }
    return found;
  }

  private static Tensor window(Tensor of, Random random) {
    Tensor t = of;
    for (int axis = 0; axis < t.rank(); axis++) {
      long n = t.size(axis);
      long from = random.nextInt((int) n);
      t = t.slice(axis, from, from + 1 + random.nextInt((int) (n - from)));
      if (random.nextInt(3) == 0) {
        t = t.every(axis, 1 + random.nextInt(3));
      }
      if (random.nextInt(4) == 0) {
        t = t.flip(axis);
      }
    }
    return random.nextInt(3) == 0 ? t.transpose() : t;
  }

  private static boolean accepted(Tensor x, Tensor y) {
    try {
      new Copy(x, y);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Test
  void aCopyIntoAWindowThatSharesAnElementIsRefused() {
    Random random = new Random(5);
    int shared = 0;
    int apart = 0;
    int apartAndAccepted = 0;
    try (Backend backend = new ReferenceBackend(); Scope scope = Scope.on(backend)) {
      for (int i = 0; i < 60_000; i++) {
        Tensor whole = scope.empty(DType.F32, 2 + random.nextInt(2), 2 + random.nextInt(5), 2 + random.nextInt(7));
        Tensor x = window(whole, random);
        Tensor y = window(whole, random);
        if (x.sameShape(y) && !x.equals(y)) {
          Set<Long> both = elements(x.layout());
          both.retainAll(elements(y.layout()));
          boolean ok = accepted(x, y);
          assertFalse(ok && !both.isEmpty(), () -> x.layout().offset() + " " + x + " and " + y);
          shared += both.isEmpty() ? 0 : 1;
          apart += both.isEmpty() ? 1 : 0;
          apartAndAccepted += both.isEmpty() && ok ? 1 : 0;
        }
        scope.free(whole);
      }
    }
    assertTrue(shared > 500 && apart > 500, shared + " share elements, " + apart + " do not");
    assertTrue(apartAndAccepted > apart / 2, apartAndAccepted + " of " + apart + " were let through");
  }

  @Test
  void slicesOfOneBufferMayBeWrittenFromOneAnother() {
    try (Backend backend = new ReferenceBackend(); Scope scope = Scope.on(backend)) {
      Tensor joint = scope.empty(DType.F32, 2, 10, 6);
      assertTrue(accepted(joint.slice(1, 0, 5), joint.slice(1, 5, 10)), "tokens");
      assertTrue(accepted(joint.slice(2, 0, 3), joint.slice(2, 3, 6)), "channels");
      assertFalse(accepted(joint.slice(2, 0, 3), joint.slice(2, 2, 5)), "a shared channel");
      assertFalse(accepted(joint.slice(1, 0, 6), joint.slice(1, 4, 10)), "shared tokens");
    }
  }

  @Test
  void anotherTypeOnTheSameBytesIsRefused() {
    try (Backend backend = new ReferenceBackend(); Scope scope = Scope.on(backend)) {
      Tensor floats = scope.empty(DType.F32, 8);
      Tensor halves = Tensor.of(floats.storage(), DType.F16, 16).slice(0, 4, 12);
      assertFalse(accepted(halves, floats));
      Tensor high = new Tensor(floats.storage(), DType.F32, Layout.of(new long[] {4}, new long[] {1}, 4));
      assertTrue(accepted(Tensor.of(floats.storage(), DType.F16, 4), high), "the lower half into the upper");
    }
  }

  @Test
  void anOutputThatIsBroadcastIsRefused() {
    try (Backend backend = new ReferenceBackend(); Scope scope = Scope.on(backend)) {
      Tensor row = scope.empty(DType.F32, 1, 4);
      assertFalse(accepted(scope.empty(DType.F32, 3, 4), row.broadcast(3, 4)));
      assertTrue(accepted(row.broadcast(3, 4), scope.empty(DType.F32, 3, 4)));
      assertFalse(Arrays.equals(row.broadcast(3, 4).layout().strides(), row.layout().strides()));
    }
  }

  @Test
  void anOutputWhoseAxesReachIntoOneAnotherIsRefused() {
    try (Backend backend = new ReferenceBackend(); Scope scope = Scope.on(backend)) {
      Tensor buffer = scope.empty(DType.F32, 9);
      Tensor square = scope.empty(DType.F32, 3, 3);
      for (long[] strides : new long[][] {{1, 1}, {2, 1}, {1, 2}, {-1, 1}}) {
        Tensor out = new Tensor(
            buffer.storage(), DType.F32, Layout.of(new long[] {3, 3}, strides, strides[0] < 0 ? 2 : 0));
        assertFalse(accepted(square, out), () -> "a copy into strides " + Arrays.toString(strides));
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> new Fill(out, 1));
        assertTrue(e.getMessage().contains("each element once"), e.getMessage());
        assertTrue(accepted(out, square), "reading what overlaps is no harm");
      }
    }
  }
}
