package io.github.tsdsr.io.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SafetensorsWriterTest {
  @TempDir
  private Path folder;

  private final ReferenceBackend backend = new ReferenceBackend();

  @AfterEach
  void close() {
    backend.close();
  }

  private static Map<String, Tensor> tensors(SafetensorsFile file) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    file.names().forEach(name -> tensors.put(name, file.find(name).orElseThrow()));
    return tensors;
  }

  @ParameterizedTest
  @ValueSource(strings = {"all_dtypes", "zero_and_scalar", "metadata", "names", "order", "empty"})
  void whatWasReadIsWrittenAndReadTheSame(String name) throws IOException {
    Path copy = folder.resolve("copy.safetensors");
    try (SafetensorsFile file = SafetensorsFile.open(GoldenFiles.path("io/safetensors/" + name + ".safetensors"))) {
      SafetensorsWriter.write(copy, backend, tensors(file), file.metadata());
      try (SafetensorsFile again = SafetensorsFile.open(copy)) {
        assertEquals(new ArrayList<>(file.names()), new ArrayList<>(again.names()));
        assertEquals(file.metadata(), again.metadata());
        tensors(file).forEach((key, t) -> {
          assertEquals(t.dtype(), again.get(key, t.shape()).dtype());
          assertArrayEquals(GoldenFiles.bits(t), GoldenFiles.bits(again.get(key, t.shape())), key);
        });
      }
      byte[] first = Files.readAllBytes(copy);
      SafetensorsWriter.write(copy, backend, tensors(file), file.metadata());
      assertArrayEquals(first, Files.readAllBytes(copy));
    }
  }

  @Test
  void viewsAreWrittenRowMajorAndTheDataAreAligned() throws IOException {
    Path file = folder.resolve("view.safetensors");
    try (Scope scope = Scope.on(backend)) {
      Tensor t = Values.tensor(scope, DType.F32, new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
      SafetensorsWriter.write(file, backend, Map.of("t", t.transpose()), Map.of());
    }
    try (SafetensorsFile written = SafetensorsFile.open(file)) {
      assertArrayEquals(new double[] {1, 4, 2, 5, 3, 6}, Values.doubles(backend, written.get("t", 3, 2)));
    }
    assertEquals(0, ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).getLong() % 8);
  }

  @Test
  void tensorsMadeOneByOneAreRoundedToTheTypeAskedForAndFreed() throws IOException {
    Path file = folder.resolve("made.safetensors");
    Map<String, SafetensorsWriter.Spec> specs = new LinkedHashMap<>();
    specs.put("b", new SafetensorsWriter.Spec(DType.BF16, 2));
    specs.put("a", new SafetensorsWriter.Spec(DType.F32, 2));
    SafetensorsWriter.write(file, backend, specs, Map.of(),
        (scope, name) -> Values.tensor(scope, DType.F32, new float[] {1.001f, 2}, 2));
    assertEquals(0, backend.memory().inUse());
    try (SafetensorsFile written = SafetensorsFile.open(file)) {
      assertArrayEquals(new double[] {1, 2}, Values.doubles(backend, written.get("b", 2)));
      assertArrayEquals(new double[] {1.001f, 2}, Values.doubles(backend, written.get("a", 2)));
    }
  }

  @Test
  void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
    Path file = Files.writeString(folder.resolve("old.safetensors"), "old");
    Map<String, SafetensorsWriter.Spec> specs = Map.of("a", new SafetensorsWriter.Spec(DType.F32, 2));
    assertThrows(IllegalStateException.class, () -> SafetensorsWriter.write(file, backend, specs, Map.of(), (_, _) -> {
      throw new IllegalStateException("no such tensor");
    }));
    assertEquals("old", Files.readString(file));
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(file), left.toList());
    }
  }

  @Test
  void aTensorOfAnotherShapeThanItsSpecificationIsRefused() {
    Map<String, SafetensorsWriter.Spec> specs = Map.of("a", new SafetensorsWriter.Spec(DType.F32, 3));
    assertThrows(IllegalArgumentException.class,
        () -> SafetensorsWriter.write(folder.resolve("x.safetensors"), backend, specs,
            Map.of(), (scope, _) -> Values.tensor(scope, DType.F32, new float[] {1, 2}, 2)));
  }
}
