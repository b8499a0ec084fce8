package io.github.tsdsr.io.pt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PtWriterTest {
  @TempDir
  private Path folder;

  @Test
  void aTensorComesBackBareAndWithItsNumbers() throws IOException {
    float[] values = {1, -2.5f, Float.MIN_VALUE, Float.NaN, Float.POSITIVE_INFINITY, 1e30f};
    Path file = folder.resolve("t.pt");
    PtWriter.write(file, values, 3, 1, 2);
    try (PtFile read = PtFile.open(file); ReferenceBackend host = new ReferenceBackend()) {
      assertEquals(Set.of(""), read.names());
      Tensor t = read.get("", 3, 1, 2);
      assertEquals(DType.F32, t.dtype());
      assertArrayEquals(values, Values.floats(host, t));
    }
    byte[] first = Files.readAllBytes(file);
    PtWriter.write(file, values, 3, 1, 2);
    assertArrayEquals(first, Files.readAllBytes(file));
  }

  @Test
  void aScalarHasNoAxes() throws IOException {
    try (PtFile read = PtFile.of(PtWriter.bytes(new float[] {7}), "scalar.pt");
        ReferenceBackend host = new ReferenceBackend()) {
      assertEquals(7, Values.scalar(host, read.get("")));
    }
  }

  @Test
  void aShapeThatDoesNotFitIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> PtWriter.bytes(new float[5], 2, 3));
  }
}
