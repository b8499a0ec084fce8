package io.github.tsdsr.train;

import static io.github.tsdsr.train.TinyRun.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.infer.OneStepUpscaler;
import io.github.tsdsr.infer.UpscalerOptions;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.image.Image;
import io.github.tsdsr.model.AdapterFiles;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.sd3.LoraSet;
import io.github.tsdsr.train.network.ModelExport;
import io.github.tsdsr.train.run.TrainingLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training of adapters on a teacher that is there already. */
final class TeacherLoraTrainingTest {
  @TempDir
  private Path folder;

  private Image upscaled(Path... lora) throws Exception {
    UpscalerOptions options = UpscalerOptions.defaults().withModel(folder.resolve("teacher-run/model"));
    try (OneStepUpscaler upscaler = OneStepUpscaler.open(lora.length == 0 ? options : options.withLora(lora[0]))) {
      return upscaler.upscale(Pictures.image(TinyRun.picture(16, 3)));
    }
  }

  @Test
  void theLossFallsAndTheFileServesAsTheTeachersInADistillationAndForUpscaling() throws Exception {
    Path config = TinyRun.teacherLora(folder);
    byte[] base = Files.readAllBytes(ModelExport.fileIn(folder.resolve("teacher-run/model/transformer")));
    Map<String, String> changes = with("steps", "80", "batch", "2", "rate", "0.02", "lora.rank", "8");
    Learning.assertLosesLess(config, changes, List.of("rate"), 40, 80, 0.98, "flow");
    assertArrayEquals(base, Files.readAllBytes(ModelExport.fileIn(folder.resolve("teacher-run/model/transformer"))));

    Path lora = folder.resolve("run/model/lora");
    assertFalse(Files.exists(folder.resolve("run/model/transformer")), "the model stays where it is");
    try (AdapterFiles files = AdapterFiles.open(lora)) {
      LoraSet set = files.transformer().orElseThrow();
      // The published targets: patches, modulation, attention, the MLPs' first layers, the output.
      for (String module : List.of("pos_embed.proj", "norm_out.linear", "proj_out",
          "transformer_blocks.0.norm1.linear", "transformer_blocks.0.attn.to_out.0",
          "transformer_blocks.0.attn.add_k_proj", "transformer_blocks.0.ff.net.0.proj")) {
        assertEquals(8, set.on(module).orElseThrow().a().size(0), module);
      }
      assertTrue(set.on("transformer_blocks.0.ff.net.2").isEmpty());
    }
    assertNotEquals(upscaled(), upscaled(lora), "adapters that change nothing");

    Path distill = TinyRun.distillOf(folder);
    Map<String, String> two = with("steps", "2", "first_phase", "1", "out", "plain");
    TinyRun.train(distill, RunOptions.whole(), TrainingListener.NONE, two);
    two.putAll(with("teacher_lora", "run/model/lora", "out", "adapted"));
    TinyRun.train(distill, RunOptions.whole(), TrainingListener.NONE, two);
    Map<String, Double> plain = TrainingLog.read(folder.resolve("plain/log.jsonl")).getFirst().values();
    Map<String, Double> adapted = TrainingLog.read(folder.resolve("adapted/log.jsonl")).getFirst().values();
    assertTrue(Math.abs(plain.get("tsd") - adapted.get("tsd")) > 1e-3 * plain.get("tsd"), plain + " " + adapted);
    assertEquals(plain.get("mse"), adapted.get("mse"));
  }

  @Test
  void goesOnWhereItWasInPartsAndWithBlocksComputedAgain() throws Exception {
    TinyRun.photos(folder.resolve("held-back"), 1, 512);
    Path config = TinyRun.teacherLora(folder);
    Map<String, byte[]> left = SameBytes.ofStoppedRuns(config, with(
        "batch", "4", "parts", "2", "recompute", "true", "validation", "held-back", "validate_every", "6", "guidance",
        "2", "null_shows", "degraded"), 7);
    assertTrue(left.keySet().stream().anyMatch(n -> n.startsWith("strips")), left.keySet().toString());
    assertTrue(left.containsKey("model/lora/transformer.safetensors"), left.keySet().toString());
  }

  @Test
  void refusesWhatMakesNoSense() throws Exception {
    Path config = TinyRun.teacherLora(folder);
    for (Map<String, String> wrong : List.of(
        with("model", "nowhere"), with("null_share", "1"), with("parts", "2"), with("lora.rank", "0"),
        with("lora.alpha", "-1"), with("crop", "18"), with("start", "plain"), with("prompt_tokens", "3"))) {
      String key = wrong.keySet().iterator().next();
      FormatException e = assertThrows(
          FormatException.class, () -> TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, wrong));
      assertTrue(e.getMessage().contains(key.equals("model") ? "nowhere" : key), e.getMessage());
    }
    assertTrue(Files.notExists(folder.resolve("run")));
  }
}
