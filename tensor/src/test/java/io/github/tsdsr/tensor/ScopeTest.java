package io.github.tsdsr.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.tensor.op.Fill;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScopeTest {
  private final ReferenceBackend backend = new ReferenceBackend(10_000);

  @AfterEach
  void nothingIsLeft() {
    assertEquals(0, backend.memory().inUse());
    backend.close();
    assertEquals(0, backend.memory().held());
  }

  @Test
  void freesWhatWasMadeInItWhenItIsClosed() {
    try (Scope scope = Scope.on(backend)) {
      Tensor t = scope.zeros(DType.F32, 16);
      assertEquals(64, backend.memory().inUse());
      assertTrue(t.storage().isAlive());
      scope.close();
      assertFalse(t.storage().isAlive());
      scope.close();
    }
  }

  @Test
  void whatWasMovedOutwardLivesAsLongAsTheScopeOutside() {
    try (Scope outer = Scope.on(backend)) {
      Tensor kept;
      try (Scope inner = outer.inner(); Scope innermost = inner.inner()) {
        inner.zeros(DType.F32, 16);
        Tensor t = innermost.zeros(DType.F32, 4, 4);
        // A view names the same storage.
        kept = inner.outward(innermost.outward(t.transpose()));
        assertSame(t.storage(), kept.storage());
        assertSame(kept, inner.outward(kept), "what the scope does not own stays where it is");
      }
      assertEquals(64, backend.memory().inUse());
      assertTrue(kept.storage().isAlive());
      assertThrows(IllegalStateException.class, () -> outer.outward(kept));
    }
  }

  @Test
  void aTensorThatCannotBeMovedOutwardStaysWithItsScope() {
    Scope outer = Scope.on(backend);
    try (Scope inner = outer.inner()) {
      Tensor t = inner.zeros(DType.F32, 16);
      outer.close();
      assertThrows(IllegalStateException.class, () -> inner.outward(t));
      assertEquals(64, backend.memory().inUse());
    }
    assertEquals(0, backend.memory().inUse(), "bytes in use after both scopes");
  }

  @Test
  void whatTheScopeOutsideOwnsAlreadyIsMovedToItAsOneOwner() {
    try (Scope outer = Scope.on(backend)) {
      try (Scope inner = outer.inner()) {
        Tensor t = inner.zeros(DType.F32, 4, 4);
        outer.keep(t);
        assertTrue(inner.owns(t.transpose()) && outer.owns(t));
        inner.outward(t);
        assertTrue(!inner.owns(t) && outer.owns(t));
      }
      assertEquals(64, backend.memory().inUse());
    }
    assertEquals(0, backend.memory().inUse(), "bytes in use after both scopes");
  }

  @Test
  void anotherOwnerKeepsAStorageBeyondTheScope() {
    Tensor t;
    try (Scope scope = Scope.on(backend); Scope other = Scope.on(backend)) {
      t = scope.zeros(DType.F32, 16);
      other.keep(t);
      other.keep(t);
      scope.free(t);
      scope.free(t);
      assertTrue(t.storage().isAlive());
      assertEquals(64, backend.memory().inUse());
    }
    assertFalse(t.storage().isAlive());
  }

  @Test
  void usingAFreedTensorIsAnError() {
    Tensor t;
    try (Scope scope = Scope.on(backend)) {
      t = scope.zeros(DType.F32, 4);
    }
    assertThrows(IllegalStateException.class, () -> t.storage().release());
    assertThrows(IllegalStateException.class, () -> t.storage().retain());
    assertThrows(IllegalStateException.class, () -> backend.run(new Fill(t, 1)));
    assertThrows(IllegalStateException.class, () -> backend.download(t, MemorySegment.ofArray(new float[4])));
    assertThrows(IllegalStateException.class, () -> backend.upload(MemorySegment.ofArray(new float[4]), t));
  }

  @Test
  void aClosedScopeMakesNothing() {
    Scope scope = Scope.on(backend);
    scope.close();
    assertThrows(IllegalStateException.class, () -> scope.empty(DType.F32, 1));
  }

  @Test
  void writesAreCounted() {
    try (Scope scope = Scope.on(backend)) {
      Tensor t = scope.empty(DType.F32, 4);
      int before = t.storage().version();
      backend.run(new Fill(t.slice(0, 0, 2), 1));
      assertTrue(t.storage().version() > before, "an operation into a window");
      int filled = t.storage().version();
      backend.download(t, MemorySegment.ofArray(new float[4]));
      assertEquals(filled, t.storage().version(), "reading is no write");
      backend.upload(MemorySegment.ofArray(new float[4]), t);
      assertTrue(t.storage().version() > filled, "an upload");
    }
  }

  @Test
  void memoryHasALimitAndIsUsedAgain() {
    try (Scope scope = Scope.on(backend)) {
      Tensor large = scope.empty(DType.F32, 2000);
      MemoryLimitException e = assertThrows(MemoryLimitException.class, () -> scope.empty(DType.F32, 1000));
      assertTrue(e.getMessage().contains("10000"), e.getMessage());
      scope.free(large);
      long held = backend.memory().held();
      // Of nearly the same size: the freed block serves.
      Tensor next = scope.empty(DType.F32, 1900);
      assertEquals(held, backend.memory().held());
      scope.free(next);
      // Of another size: the freed block goes back to the system to make room.
      scope.empty(DType.F32, 1000);
      assertTrue(backend.memory().held() <= 10_000);
      assertTrue(backend.memory().peak() >= 8000);
    }
  }

  @Test
  void aTensorMustFitIntoItsStorage() {
    try (Scope scope = Scope.on(backend)) {
      Storage storage = scope.empty(DType.F32, 10).storage();
      assertThrows(IllegalArgumentException.class, () -> Tensor.of(storage, DType.F32, 11));
      assertThrows(IllegalArgumentException.class, () -> Tensor.of(storage, DType.F64, 6));
      assertThrows(IllegalArgumentException.class,
          () -> new Tensor(storage, DType.F32, Layout.of(new long[] {2}, new long[] {-1}, 0)));
      assertThrows(IllegalArgumentException.class,
          () -> new Tensor(storage, DType.F32, Layout.of(new long[] {2}, new long[] {9}, 1)));
      // Sums that come out as small numbers again if they may wrap.
      long huge = 1L << 62;
      assertThrows(IllegalArgumentException.class,
          () -> new Tensor(storage, DType.F32, Layout.of(new long[] {3, 3}, new long[] {-huge, -huge}, 0)));
      assertThrows(IllegalArgumentException.class,
          () -> new Tensor(storage, DType.F32, Layout.of(new long[] {3, 3}, new long[] {huge, huge}, 0)));
      assertThrows(IllegalArgumentException.class,
          () -> new Tensor(storage, DType.F32, Layout.of(new long[] {1}, new long[] {1}, Long.MAX_VALUE)));
      assertEquals(20, Tensor.of(storage, DType.F16, 20).count());
    }
  }
}
