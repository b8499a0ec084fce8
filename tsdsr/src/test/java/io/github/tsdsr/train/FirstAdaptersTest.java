package io.github.tsdsr.train;

import static io.github.tsdsr.train.TinyRun.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.infer.OneStepUpscaler;
import io.github.tsdsr.infer.UpscalerOptions;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.image.Image;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.train.run.TrainingLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training that begins with the adapters of files. */
final class FirstAdaptersTest {
  private static final List<String> FILES =
      List.of("transformer.safetensors", "vae.safetensors", "transformer_reg.safetensors");

  @TempDir
  private Path folder;

  /** One step too small to move anything, so that what is written is what was read. */
  private static Map<String, String> still(String... more) {
    Map<String, String> changes = with(
        "steps", "1", "first_phase", "0", "rate", "1e-300", "lora_model.rate", "1e-300", "ema", "0");
    changes.putAll(with(more));
    return changes;
  }

  private Path lora(String run) {
    return folder.resolve(run).resolve("model/lora");
  }

  private Image upscaled(String run) throws Exception {
    try (OneStepUpscaler upscaler = OneStepUpscaler.open(
        UpscalerOptions.defaults().withModel(folder.resolve("teacher-run/model")).withLora(lora(run)))) {
      return upscaler.upscale(Pictures.image(TinyRun.picture(16, 3)));
    }
  }

  private void distilled(Path config) throws Exception {
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE,
        with("out", "first", "encoder_adapters", "true", "rate", "0.02", "lora_model.alpha", "1"));
  }

  @Test
  void aDistillationBeginsExactlyWhereTheOneEndedThatWroteTheFiles() throws Exception {
    Path config = TinyRun.distill(folder);
    distilled(config);
    // As written they have a scale of 1; the encoder has adapters since the folder has some.
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, still(
        "student_lora", "{from: first/model/lora}", "lora_model", "{from: first/model/lora, rate: 1e-300}"));
    for (String file : FILES) {
      assertArrayEquals(
          Files.readAllBytes(lora("first").resolve(file)), Files.readAllBytes(lora("run").resolve(file)), file);
    }
    assertEquals(upscaled("first"), upscaled("run"));
    // A scale that is a power of two goes in and comes out without rounding; any other within it.
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, still(
        "student_lora", "{from: first/model/lora, alpha: 8}", "out", "four"));
    assertEquals(upscaled("first"), upscaled("four"));
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, still(
        "student_lora", "{from: first/model/lora, rank: 2, alpha: 3}", "out", "odd"));
    assertClose(lora("first"), lora("odd"), "transformer.proj_out.lora_B.weight");
    // It is there in the first step, not only in what is written: the student differs from the teacher.
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, still("out", "fresh"));
    Map<String, Double> fresh = TrainingLog.read(folder.resolve("fresh/log.jsonl")).getFirst().values();
    Map<String, Double> goneOn = TrainingLog.read(folder.resolve("run/log.jsonl")).getFirst().values();
    for (String loss : List.of("perceptual", "lora")) {
      assertTrue(Math.abs(fresh.get(loss) - goneOn.get(loss)) > 1e-4 * fresh.get(loss), loss);
    }
  }

  private static void assertClose(Path first, Path second, String name) throws IOException {
    try (Backend backend = new VectorBackend(1, Long.MAX_VALUE);
        SafetensorsFile a = SafetensorsFile.open(first.resolve("transformer.safetensors"));
        SafetensorsFile b = SafetensorsFile.open(second.resolve("transformer.safetensors"))) {
      double[] x = Values.doubles(backend, a.find(name).orElseThrow());
      double[] y = Values.doubles(backend, b.find(name).orElseThrow());
      for (int i = 0; i < x.length; i++) {
        assertEquals(x[i], y[i], 3e-7 * Math.abs(x[i]), name);
      }
    }
  }

  @Test
  void aTeachersAdaptersGoOnFromAFileOfAnyName() throws Exception {
    Path config = TinyRun.teacherLora(folder);
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, with("out", "first"));
    Path file = folder.resolve("mine.safetensors");
    Files.copy(lora("first").resolve("transformer.safetensors"), file);
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE,
        with("lora", "{from: mine.safetensors}", "steps", "1", "rate", "1e-300", "ema", "0"));
    assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(lora("run").resolve("transformer.safetensors")));
  }

  @Test
  void aWholeStudentMayBeginWithItsEncodersAdaptersAlone() throws Exception {
    Path config = TinyRun.distill(folder);
    distilled(config);
    refused(config, with("trains", "all", "student_lora", "{from: first/model/lora}"), "distill.yaml",
        "key student_lora.from: expected a folder with vae.safetensors and no transformer.safetensors");
    Files.createDirectories(folder.resolve("encoder"));
    Files.copy(lora("first").resolve("vae.safetensors"), folder.resolve("encoder/vae.safetensors"));
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE,
        still("trains", "all", "student_lora", "{from: encoder}"));
    assertArrayEquals(
        Files.readAllBytes(folder.resolve("encoder/vae.safetensors")),
        Files.readAllBytes(lora("run").resolve("vae.safetensors")));
  }

  private void refused(Path config, Map<String, String> changes, String file, String... words) {
    String message = assertThrows(FormatException.class,
        () -> TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, changes)).getMessage();
    GoldenFiles.assertOneLine(message, file, words);
  }

  @Test
  void filesThatDoNotFitAreOneLine() throws Exception {
    Path config = TinyRun.distill(folder);
    distilled(config);
    refused(config, with("student_lora", "{from: first/model/lora, rank: 4}"), "distill.yaml",
        "key student_lora.rank: expected 2, as the adapters in ", "first/model/lora/transformer.safetensors have");
    refused(config, with("student_lora", "{from: first/model/lora}", "encoder_adapters", "false"), "distill.yaml",
        "key encoder_adapters: expected true, as the student begins with those in ");
    refused(config, with("lora_model", "{from: teacher-run/model}"), "model", "no transformer_reg.safetensors here");
    refused(config, with("lora_model", "{from: first/model/lora/vae.safetensors}"), "vae.safetensors",
        ": the adapter of ",
        " fits no module of the model");
    refused(config, with("student_lora",
        "{from: teacher-run/model/transformer/diffusion_pytorch_model.safetensors}"),
        "diffusion_pytorch_model.safetensors", " is no adapter's: expected ");
    refused(config, with("student_lora", "{from: first/log.jsonl}"), "log.jsonl");
    Files.createDirectories(folder.resolve("of-another"));
    Files.copy(lora("first").resolve("vae.safetensors"), folder.resolve("of-another/transformer.safetensors"));
    refused(config, with("teacher_lora", "of-another"), "of-another", "the adapter of ",
        " fits no module of the model");
    Files.move(folder.resolve("of-another/transformer.safetensors"), folder.resolve("of-another/vae.safetensors"));
    refused(config, with("teacher_lora", "of-another"), "of-another", "no adapters of a transformer here");
    assertTrue(Files.notExists(folder.resolve("run/model")));
  }

  @Test
  void goesOnOnlyWithTheFileItBeganWith() throws Exception {
    Path config = TinyRun.distill(folder);
    distilled(config);
    Map<String, String> changes = with("lora_model", "{from: first/model/lora, rate: 0.001}");
    TinyRun.train(config, new RunOptions(false, 1), TrainingListener.NONE, changes);
    Path file = lora("first").resolve("transformer_reg.safetensors");
    Files.copy(lora("run").resolve("transformer_reg.safetensors"), file, StandardCopyOption.REPLACE_EXISTING);
    String message = assertThrows(FormatException.class,
        () -> TinyRun.train(config, RunOptions.resumed(), TrainingListener.NONE, changes)).getMessage();
    GoldenFiles.assertOneLine(message, "checkpoint-00000001.safetensors", "the LoRA model's first adapters differ: ");
  }
}
