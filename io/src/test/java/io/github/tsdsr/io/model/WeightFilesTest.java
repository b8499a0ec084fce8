package io.github.tsdsr.io.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders of weights; golden section 1, mmdit_rounded. */
final class WeightFilesTest {
  private static final Path WHOLE = GoldenFiles.path("models/tiny/transformer");

  @TempDir
  private Path folder;

  @Test
  void shardsAreBitEqualToTheWholeFile() throws IOException {
    try (WeightFiles whole = WeightFiles.open(WHOLE);
        WeightFiles shards = WeightFiles.open(GoldenFiles.path("forward/sharded"))) {
      assertEquals(whole.names(), shards.names());
      for (String name : whole.names()) {
        Tensor want = whole.find(name).orElseThrow();
        assertArrayEquals(GoldenFiles.bits(want), GoldenFiles.bits(shards.get(name, want.shape())), name);
      }
    }
  }

  static Stream<Arguments> rounded() {
    return Stream.of(Arguments.of("forward/bf16", DType.BF16), Arguments.of("forward/f16", DType.F16));
  }

  @ParameterizedTest
  @MethodSource("rounded")
  void roundedWeightsAreTheWholeFileRoundedToNearestEven(String rounded, DType dtype) throws IOException {
    try (WeightFiles whole = WeightFiles.open(WHOLE);
        WeightFiles file = WeightFiles.open(GoldenFiles.path(rounded));
        ReferenceBackend backend = new ReferenceBackend();
        Scope scope = Scope.on(backend)) {
      assertEquals(whole.names(), file.names());
      for (String name : whole.names()) {
        Tensor t = file.find(name).orElseThrow();
        assertEquals(dtype, t.dtype());
        Tensor want = scope.copy(whole.get(name, t.shape()), dtype);
        assertArrayEquals(GoldenFiles.bits(want), GoldenFiles.bits(t), name);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"prompt_embeds.pt", "pool_embeds.pt"})
  void aFileOfPyTorchIsOpenedByItsName(String name) throws IOException {
    try (WeightFiles file = WeightFiles.open(GoldenFiles.path("models/tiny/embeddings/default/" + name))) {
      long[] shape = name.startsWith("prompt") ? new long[] {13, 48} : new long[] {40};
      assertArrayEquals(shape, file.find("").orElseThrow().shape());
    }
  }

  @Test
  void aWrongShapeIsOneLineWithFileTensorAndBothShapes() throws IOException {
    try (WeightFiles file = WeightFiles.open(WHOLE)) {
      String message = assertThrows(WeightsException.class, () -> file.get("proj_out.bias", 63)).getMessage();
      GoldenFiles.assertOneLine(message, "transformer", "proj_out.bias", "64", "expected 63");
      message = assertThrows(WeightsException.class, () -> file.get("proj_in.bias", 64)).getMessage();
      GoldenFiles.assertOneLine(message, "transformer", "no tensor proj_in.bias");
    }
  }

  @Test
  void diffusersNameGoesBeforeOthersAndSafetensorsBeforePickles() throws IOException {
    Path source = WHOLE.resolve("diffusion_pytorch_model.safetensors");
    Path other = GoldenFiles.path("io/safetensors/unpadded.safetensors");
    Files.copy(GoldenFiles.path("io/pt/state_dict.pt"), folder.resolve("diffusion_pytorch_model.bin"));
    assertHas("0.weight");
    Files.copy(other, folder.resolve("a.safetensors"));
    assertHas("x");
    Files.copy(source, folder.resolve("diffusion_pytorch_model.fp16.safetensors"));
    assertHas("proj_out.bias");
    Files.copy(other, folder.resolve("diffusion_pytorch_model.safetensors"));
    assertHas("x");
  }

  @Test
  void aShardIsNotTakenForTheWhole() throws IOException {
    String shard = "diffusion_pytorch_model-00001-of-00003.safetensors";
    Files.copy(GoldenFiles.path("forward/sharded").resolve(shard), folder.resolve(shard));
    FormatException e = assertThrows(FormatException.class, () -> WeightFiles.open(folder));
    GoldenFiles.assertOneLine(e.getMessage(), folder.toString(), "index of shards");
  }

  private void assertHas(String name) throws IOException {
    try (WeightFiles file = WeightFiles.open(folder)) {
      assertTrue(file.names().contains(name), () -> file.names() + " lacks " + name);
    }
  }

  @Test
  void aFolderWithoutWeightsAndAFileOfAnotherKindAreRefused() throws IOException {
    FormatException e = assertThrows(FormatException.class, () -> WeightFiles.open(folder));
    GoldenFiles.assertOneLine(e.getMessage(), folder.toString(), "no weights", "diffusion_pytorch_model.safetensors");
    Path text = Files.writeString(folder.resolve("notes.txt"), "weights");
    e = assertThrows(FormatException.class, () -> WeightFiles.open(text));
    GoldenFiles.assertOneLine(e.getMessage(), "notes.txt", "not a file of weights");
  }

  @Test
  void anIndexThatIsNoValidIndexIsRefused() throws IOException {
    Path index = folder.resolve("model.safetensors.index.json");
    for (String json : new String[] {"[]", "{", "{\"weight_map\": 3}", "{\"weight_map\": {\"a\": 3}}",
      "{\"weight_map\": {\"a\": \"\"}}", "{\"weight_map\": {\"a\": \"..\"}}",
      "{\"weight_map\": {\"a\": \"/etc/hostname\"}}", "{\"weight_map\": {\"a\": \"x\\u0000y\"}}",
      "{\"weight_map\": " + "{\"a\":".repeat(10_000)}) {
      Files.writeString(index, json);
      FormatException e = assertThrows(FormatException.class, () -> WeightFiles.open(index), json);
      GoldenFiles.assertOneLine(e.getMessage(), index.toString());
    }
  }
}
