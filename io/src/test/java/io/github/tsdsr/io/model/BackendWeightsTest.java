package io.github.tsdsr.io.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.pt.PtFile;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.MemoryUse;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Storage;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.WeightsException;
import io.github.tsdsr.tensor.op.Op;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

final class BackendWeightsTest {
  /** A device of its own memory, as far as transfers go. */
  private static final class Device implements Backend {
    private int uploads;
    private long bytesInUse;

    private final class Bytes extends Storage {
      private final byte[] bytes;

      private Bytes(long size) {
        bytes = new byte[Math.toIntExact(size)];
        bytesInUse += size;
      }

      @Override
      public long bytes() {
        return bytes.length;
      }

      @Override
      protected void free() {
        bytesInUse -= bytes.length;
      }
    }

    @Override
    public String name() {
      return "a device";
    }

    @Override
    public Storage allocate(long bytes) {
      return new Bytes(bytes);
    }

    @Override
    public void upload(MemorySegment from, Tensor to) {
      uploads++;
      MemorySegment.copy(from, ValueLayout.JAVA_BYTE, 0, ((Bytes) to.storage()).bytes, 0, (int) to.bytes());
    }

    @Override
    public void download(Tensor from, MemorySegment to) {
      MemorySegment.copy(((Bytes) from.storage()).bytes, 0, to, ValueLayout.JAVA_BYTE, 0, (int) from.bytes());
    }

    @Override
    public void run(Op op) {
      throw new UnsupportedOperationException();
    }

    @Override
    public MemoryUse memory() {
      return new MemoryUse(bytesInUse, bytesInUse, bytesInUse);
    }

    @Override
    public void close() {}
  }

  private static PtFile strided() throws IOException {
    return PtFile.open(GoldenFiles.path("io/pt/strided.pt"));
  }

  @Test
  void aBackendInMainMemoryGetsTheMappedTensorsThemselves() throws IOException {
    try (PtFile file = strided();
        ReferenceBackend backend = new ReferenceBackend();
        BackendWeights weights = BackendWeights.on(backend, file)) {
      for (String name : file.names()) {
        assertSame(file.find(name).orElseThrow().storage(), weights.find(name).orElseThrow().storage(), name);
      }
      assertEquals(0, backend.memory().inUse());
    }
  }

  @Test
  void aDeviceGetsRowMajorCopiesOnceAndOnDemand() throws IOException {
    try (PtFile file = strided();
        Device device = new Device()) {
      BackendWeights weights = BackendWeights.on(device, file);
      assertEquals(0, device.uploads);
      long bytes = 0;
      for (String name : file.names()) {
        Tensor t = file.find(name).orElseThrow();
        Tensor copy = weights.get(name, t.shape());
        byte[] got = new byte[(int) copy.bytes()];
        device.download(copy, MemorySegment.ofArray(got));
        assertArrayEquals(GoldenFiles.bits(t), got, name);
        assertSame(copy.storage(), weights.find(name).orElseThrow().storage());
        bytes += copy.bytes();
      }
      assertEquals(file.names().size(), device.uploads);
      assertEquals(bytes, device.memory().inUse());
      weights.close();
      assertEquals(0, device.memory().inUse());
    }
  }

  @Test
  void aMissingTensorIsTheSourcesError() throws IOException {
    try (PtFile file = strided();
        Device device = new Device();
        BackendWeights weights = BackendWeights.on(device, file)) {
      assertFalse(weights.find("nothing").isPresent());
      String message = assertThrows(WeightsException.class, () -> weights.get("nothing", 1)).getMessage();
      GoldenFiles.assertOneLine(message, "strided.pt", "nothing");
    }
  }
}
