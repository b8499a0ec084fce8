package io.github.tsdsr.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.ReferenceBackend;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GoldenWeightsTest {
  private static final String LORA = "models/tiny/lora/transformer_reg.safetensors";

  @TempDir
  private Path folder;

  @Test
  void aNameMakesTheNumbersThatTheReferencesGeneratorMade() {
    // metrics/manifests/generator.json of the golden data
    assertArrayEquals(
        new double[] {0.46351420879364014, -0.6067409515380859, 0.4239565134048462, 0.31390392780303955,
          0.5006903409957886},
        GoldenWeights.uniforms("lpips.alex.features.0.weight", 5));
    assertArrayEquals(
        new double[] {-0.13710546493530273, -0.9244906902313232, -0.660162091255188},
        GoldenWeights.uniforms("clipiqa.text", 3));
  }

  @Test
  void aMadeFileHasTheOriginalsNamesAndValues() {
    try (SafetensorsFile file = GoldenFiles.safetensors(LORA);
        ReferenceBackend backend = new ReferenceBackend()) {
      assertEquals(28, file.names().size());
      // The first and last values of the original.
      double[] first = GoldenValues.doubles(
          backend, file, "transformer.transformer_blocks.0.attn.add_k_proj.lora_A.weight");
      double[] last = GoldenValues.doubles(
          backend, file, "transformer.transformer_blocks.1.attn.to_v.lora_B.weight");
      assertEquals(-0.0728863850235939, first[0]);
      assertEquals(0.11798413842916489, last[last.length - 1]);
    }
  }

  @Test
  void aRuleThatDoesNotMakeTheOriginalIsNoticed() {
    GoldenWeights.Manifest right = GoldenWeights.Manifest.read(LORA + GoldenWeights.MADE);
    GoldenWeights.Made t = right.tensors().getFirst();
    List<GoldenWeights.Made> tensors = new ArrayList<>(right.tensors());
    tensors.set(0, new GoldenWeights.Made(t.name(), t.shape(), t.scale() * (1 + 1e-6), t.shift()));
    GoldenWeights.Manifest wrong = new GoldenWeights.Manifest(
        right.prefix(), right.under(), tensors, null, null, right.dtype(), right.crc32());
    right.write(folder.resolve("right.safetensors"));
    AssertionError e = assertThrows(AssertionError.class, () -> wrong.write(folder.resolve("wrong.safetensors")));
    assertTrue(e.getMessage().contains("wrong.safetensors"), e.getMessage());
  }
}
