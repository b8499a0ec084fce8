package io.github.tsdsr.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.kernels.cuda.interpreter.InterpreterDevice;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.MemoryLimitException;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Fill;
import io.github.tsdsr.tensor.op.GroupNorm;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CudaBackendTest {
  private final InterpreterDevice device = new InterpreterDevice();
  private final CudaBackend backend = new CudaBackend(device, 1 << 20);

  @AfterEach
  void close() {
    backend.close();
  }

  private static float[] ramp(int n) {
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = i;
    }
    return x;
  }

  @Test
  void whatIsUploadedIsDownloaded() {
    try (Scope scope = Scope.on(backend)) {
      Tensor t = Values.tensor(scope, DType.F32, ramp(24), 2, 3, 4);
      assertArrayEquals(ramp(24), Values.floats(backend, t));
      assertEquals(1, t.storage().version());
    }
  }

  @Test
  void viewsAreTransferredInTheirOwnOrder() {
    try (Scope scope = Scope.on(backend);
        ReferenceBackend reference = new ReferenceBackend();
        Scope other = Scope.on(reference)) {
      Tensor t = Values.tensor(scope, DType.F32, ramp(24), 2, 3, 4);
      Tensor same = Values.tensor(other, DType.F32, ramp(24), 2, 3, 4);
      assertArrayEquals(Values.floats(reference, same.permute(2, 0, 1)), Values.floats(backend, t.permute(2, 0, 1)));
      assertArrayEquals(Values.floats(reference, same.slice(1, 1, 3).flip(0)),
          Values.floats(backend, t.slice(1, 1, 3).flip(0)));
      MemorySegment values = MemorySegment.ofArray(new float[] {-1, -2, -3, -4, -5, -6});
      backend.upload(values, t.slice(2, 1, 2).permute(1, 0, 2));
      reference.upload(values, same.slice(2, 1, 2).permute(1, 0, 2));
      assertArrayEquals(Values.floats(reference, same), Values.floats(backend, t));
    }
  }

  @Test
  void aHostSegmentThatIsTooSmallIsRefused() {
    try (Scope scope = Scope.on(backend)) {
      Tensor t = scope.empty(DType.F32, 4);
      IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
          () -> backend.upload(MemorySegment.ofArray(new float[3]), t));
      assertEquals("a transfer of F32 4 needs 16 bytes, the host's memory has 12", e.getMessage());
    }
  }

  @Test
  void memoryIsGivenBackWithTheScope() {
    for (int i = 0; i < 3; i++) {
      try (Scope scope = Scope.on(backend)) {
        scope.empty(DType.F32, 10, 10);
        scope.empty(DType.F64, 0);
        assertEquals(400, backend.memory().inUse());
      }
      assertEquals(0, backend.memory().inUse());
      assertEquals(0, device.bytesInUse());
    }
    assertEquals(400, backend.memory().peak());
  }

  @Test
  void theMemoryLimitIsKept() {
    try (Scope scope = Scope.on(backend)) {
      scope.empty(DType.F32, 1 << 17);
      MemoryLimitException e =
          assertThrows(MemoryLimitException.class, () -> scope.empty(DType.F32, (1 << 17) + 1));
      assertTrue(e.getMessage().contains("524288 of at most 1048576 bytes are in use"), e.getMessage());
    }
  }

  @Test
  void anOperationWithoutAKernelIsRefusedByName() {
    try (Scope scope = Scope.on(backend)) {
      Tensor t = scope.empty(DType.F32, 4);
      UnsupportedOperationException e =
          assertThrows(UnsupportedOperationException.class, () -> backend.run(new Fill(t, 1)));
      assertTrue(e.getMessage().contains("no kernel for Fill of [] into [F32 4]"), e.getMessage());
      assertEquals(0, t.storage().version());
    }
  }

  @Test
  void aTypeOrLayoutWithoutAKernelIsRefused() {
    try (Scope scope = Scope.on(backend)) {
      Tensor w = scope.empty(DType.F32, 8);
      Tensor statistics = scope.empty(DType.F32, 1, 2, 2);
      Tensor x = scope.empty(DType.F16, 1, 3, 3, 8);
      Tensor y = scope.empty(DType.F32, 1, 3, 3, 8);
      Tensor slice = scope.empty(DType.F32, 1, 3, 3, 16).slice(3, 8, 16);
      assertThrows(UnsupportedOperationException.class,
          () -> backend.run(new GroupNorm(x, w, w, 2, 1e-6, true, y, statistics)));
      assertThrows(UnsupportedOperationException.class,
          () -> backend.run(new GroupNorm(slice, w, w, 2, 1e-6, true, y, statistics)));
    }
  }

  @Test
  void aTensorOfAnotherBackendIsRefused() {
    try (ReferenceBackend reference = new ReferenceBackend(); Scope other = Scope.on(reference)) {
      Tensor t = other.empty(DType.F32, 4);
      assertThrows(IllegalArgumentException.class,
          () -> backend.upload(MemorySegment.ofArray(new float[4]), t));
    }
  }

  @Test
  void outputsCountAWrite() {
    try (Scope scope = Scope.on(backend)) {
      Tensor w = Values.tensor(scope, DType.F32, ramp(8), 8);
      Tensor x = Values.tensor(scope, DType.F32, ramp(72), 1, 3, 3, 8);
      Tensor y = scope.empty(DType.F32, 1, 3, 3, 8);
      Tensor statistics = scope.empty(DType.F32, 1, 2, 2);
      backend.run(new GroupNorm(x, w, w, 2, 1e-6, true, y, statistics));
      assertEquals(1, x.storage().version());
      assertEquals(1, y.storage().version());
      assertEquals(1, statistics.storage().version());
    }
  }

  @Test
  void aFamilyThatDoesNotCompileIsNamedWithTheLog() {
    Device refusing = new InterpreterDevice() {
      @Override
      public DeviceModule load(String ptx) {
        throw new DeviceException("line 7: no such instruction");
      }
    };
    DeviceException e = assertThrows(DeviceException.class,
        () -> new PtxLibrary(refusing).function("group_norm", "group_norm_apply"));
    assertEquals("ptx/group_norm.ptx on PTX interpreter: line 7: no such instruction", e.getMessage());
  }

  @Test
  void aStorageMayOutliveItsBackend() {
    Scope scope = Scope.on(backend);
    scope.empty(DType.F32, 4);
    backend.close();
    scope.close();
    assertThrows(IllegalStateException.class, () -> backend.allocate(4));
  }

  @Test
  void theNameTellsTheDevice() {
    assertEquals("cuda: PTX interpreter (compute capability 8.0)", backend.name());
  }
}
