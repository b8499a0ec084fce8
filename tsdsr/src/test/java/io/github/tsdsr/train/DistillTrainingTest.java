package io.github.tsdsr.train;

import static io.github.tsdsr.train.TinyRun.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.infer.OneStepUpscaler;
import io.github.tsdsr.infer.UpscalerOptions;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.model.AdapterFiles;
import io.github.tsdsr.perceptual.TrainingWeights;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.train.network.ModelExport;
import io.github.tsdsr.train.run.TrainingLog;
import io.github.tsdsr.train.step.StepPart;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Distillation of a student from photos, through both phases. */
final class DistillTrainingTest {
  @TempDir
  private Path folder;

  private List<TrainingLog.Entry> log(String run) throws Exception {
    return TrainingLog.read(folder.resolve(run).resolve("log.jsonl"));
  }

  @Test
  void aWholeStudentAndTheLoraModelLearnAndTheStudentBecomesAModel() throws Exception {
    Path config = TinyRun.distill(folder);
    // What a teacher of three steps says is noise: it counts for little.
    Map<String, String> changes = with(
        "trains", "all", "optimiser", "muon", "steps", "70", "first_phase", "60", "rate", "0.01", "gamma2", "0.01",
        "lora_model.rate", "0.02");
    Learning.assertLosesLess(config, changes, List.of("rate", "lora_model.rate"), 30, 60, 0.98, "total", "lora");
    List<TrainingLog.Entry> learning = log("run");
    assertTrue(learning.stream().allMatch(e -> e.values().get("tsd") >= 0 && e.values().get("norm_lora") > 0));
    // In the second phase the total is gamma1 perceptual + gamma2 TSD, gamma1 rising from 1 to 2.
    Map<String, Double> last = learning.getLast().values();
    assertEquals(2 * last.get("perceptual") + 0.01 * last.get("tsd"), last.get("total"), 1e-6 * last.get("total"));
    Map<String, Double> first = learning.getFirst().values();
    assertEquals(
        first.get("perceptual") + first.get("mse") + 0.01 * first.get("tsd"), first.get("total"),
        1e-6 * first.get("total"));
    try (OneStepUpscaler upscaler =
        OneStepUpscaler.open(UpscalerOptions.defaults().withModel(folder.resolve("run/model")))) {
      assertEquals(64, upscaler.upscale(Pictures.image(TinyRun.picture(16, 3))).width());
    }
  }

  @Test
  void aStepTellsItsPartsAndAsksTheThreeScoresOncePerPoint() throws Exception {
    Path config = TinyRun.distill(folder);
    List<StepPart> heard = new ArrayList<>();
    TrainingListener listener = new TrainingListener() {
      @Override
      public void entered(StepPart part) {
        heard.add(part);
      }
    };
    TinyRun.train(config, RunOptions.whole(), listener, with("steps", "1", "first_phase", "0"));
    List<StepPart> point = List.of(
        StepPart.TEACHER_OF_STUDENT, StepPart.TEACHER_OF_TARGET, StepPart.LORA_OF_STUDENT, StepPart.DIRECTION);
    List<StepPart> expected = new ArrayList<>(List.of(StepPart.TARGET, StepPart.STUDENT, StepPart.DIRECTION));
    expected.addAll(point);
    expected.addAll(point);
    expected.addAll(List.of(
        StepPart.PICTURE, StepPart.PICTURE_GRADIENT, StepPart.STUDENT_GRADIENT, StepPart.LORA_STEP, StepPart.UPDATE));
    assertEquals(expected, heard);
  }

  @Test
  void adaptersGoOnWhereTheyWereAndLoadUnderThePublishedNames() throws Exception {
    Path config = TinyRun.distill(folder);
    Map<String, byte[]> left = SameBytes.ofStoppedRuns(config, with(
        "rules", "program", "encoder_adapters", "true", "batch", "2", "parts", "2", "recompute", "true", "bias", "10"),
        4, 9);
    assertTrue(left.keySet().containsAll(
        List.of("checkpoint-00000012.safetensors", "log.jsonl", "model/lora/transformer.safetensors",
            "model/lora/vae.safetensors", "model/lora/transformer_reg.safetensors")),
        left.keySet().toString());
    assertFalse(Files.exists(folder.resolve("run/model/transformer")), "the base is the teacher's");

    Path lora = folder.resolve("run/model/lora");
    try (AdapterFiles files = AdapterFiles.open(lora)) {
      assertEquals(2, files.transformer().orElseThrow().on("proj_out").orElseThrow().a().size(0));
      assertTrue(files.vae().orElseThrow().on("encoder.conv_in").isPresent());
    }
    // alpha / rank is 2, and readers of the files take 1.
    String b = "transformer.proj_out.lora_B.weight";
    try (SafetensorsFile file = SafetensorsFile.open(lora.resolve("transformer.safetensors"));
        SafetensorsFile saved = SafetensorsFile.open(folder.resolve("run/checkpoint-00000012.safetensors"));
        Backend backend = new VectorBackend(1, Long.MAX_VALUE)) {
      double[] average = Values.doubles(backend, saved.find("average.student." + b).orElseThrow());
      double[] written = Values.doubles(backend, file.find(b).orElseThrow());
      double largest = 0;
      for (int i = 0; i < average.length; i++) {
        assertEquals(2 * average[i], written[i], 1e-9);
        largest = Math.max(largest, Math.abs(written[i]));
      }
      assertTrue(largest > 0);
    }
    try (OneStepUpscaler upscaler = OneStepUpscaler.open(
        UpscalerOptions.defaults().withModel(folder.resolve("teacher-run/model")).withLora(lora))) {
      assertEquals(64, upscaler.upscale(Pictures.image(TinyRun.picture(16, 3))).width());
    }
  }

  @Test
  void goesOnOnlyUnderThePromptsItBeganWith() throws Exception {
    Path config = TinyRun.distill(folder);
    TinyRun.train(config, new RunOptions(false, 1), TrainingListener.NONE, Map.of());
    Path prompts = folder.resolve("teacher-run/model/embeddings");
    Files.copy(prompts.resolve("default/embeddings.safetensors"), prompts.resolve("null/embeddings.safetensors"),
        StandardCopyOption.REPLACE_EXISTING);
    FormatException e = assertThrows(FormatException.class,
        () -> TinyRun.train(config, new RunOptions(true, 2), TrainingListener.NONE, Map.of()));
    assertTrue(e.getMessage().contains(
        "cannot go on with another configuration: the embeddings of the teacher's null prompt differ: "),
        e.getMessage());
  }

  @Test
  void goesOnWithATeacherOfTheSameContentsElsewhereAndWithNoOther() throws Exception {
    Path config = TinyRun.distill(folder);
    TinyRun.train(config, new RunOptions(false, 1), TrainingListener.NONE, with("student", "teacher-run/model"));
    Files.move(folder.resolve("teacher-run"), folder.resolve("moved"));
    Map<String, String> moved = with("teacher", "moved/model", "student", "moved/model");
    assertEquals(2, TinyRun.train(config, new RunOptions(true, 2), TrainingListener.NONE, moved));
    Path weights = ModelExport.fileIn(folder.resolve("moved/model/transformer"));
    byte[] other = Files.readAllBytes(weights);
    other[other.length - 1] ^= 1;
    Files.write(weights, other);
    FormatException e = assertThrows(FormatException.class,
        () -> TinyRun.train(config, new RunOptions(true, 3), TrainingListener.NONE, moved));
    assertTrue(e.getMessage().contains("weights differ: "), e.getMessage());
  }

  @Test
  void thePerceptualLossSeesAWindowThatMovesWithTheStep() throws Exception {
    Path config = TinyRun.distill(folder);
    Map<String, String> still = with("steps", "4", "first_phase", "2", "rate", "1e-12", "gamma2", "0", "trains", "all");
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, still);
    Map<String, String> moving = with("perceptual_shift", "8", "out", "moving");
    still.forEach(moving::putIfAbsent);
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, moving);
    // The same crops and a student that hardly moves: what differs is what is seen of them.
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      assertEquals(log("run").get(i).values().get("mse"), log("moving").get(i).values().get("mse"), 1e-6);
      ratios.add(log("moving").get(i).values().get("perceptual") / log("run").get(i).values().get("perceptual"));
    }
    assertTrue(ratios.stream().allMatch(r -> Math.abs(r - 1) > 1e-3), ratios.toString());
    moving.putAll(with("perceptual_shift", "3", "out", "odd"));
    assertTrue(
        assertThrows(FormatException.class,
            () -> TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, moving)).getMessage().contains(
                "perceptual_shift: expected a multiple of 2, the autoencoder's factor, below 16, a crop, got 3"));
  }

  @Test
  void withoutTsdATeacherNeedsNoNullPrompt() throws Exception {
    Path config = TinyRun.distill(folder);
    TinyRun.deleteTree(folder.resolve("teacher-run/model/embeddings/null"));
    assertThrows(
        FormatException.class,
        () -> TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE,
            with("steps", "1", "first_phase", "0", "out", "asks")));
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE,
        with("steps", "1", "first_phase", "0", "gamma2", "0"));
    assertEquals(1, log("run").size());
    assertFalse(log("run").getFirst().values().containsKey("tsd"));
    assertFalse(log("run").getFirst().values().containsKey("lora"));
  }

  @Test
  void comparesByLpipsWhereItsWeightsAreNamed() throws Exception {
    Path config = TinyRun.distill(folder);
    TrainingWeights.manifest().write(folder.resolve("alex.safetensors"));
    Map<String, String> lpips = with("lpips", "alex.safetensors", "crop", "32", "steps", "2", "first_phase", "1");
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, lpips);
    assertTrue(Files.readString(folder.resolve("run/report.html")).contains("perceptual loss: LPIPS"));
    assertTrue(log("run").stream().allMatch(e -> e.values().get("perceptual") > 0));
    lpips.putAll(with("crop", "16", "out", "small"));
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class,
        () -> TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, lpips));
    assertTrue(e.getMessage().startsWith("crop 16: LPIPS"), e.getMessage());
  }

  @Test
  void refusesWhatMakesNoSense() throws Exception {
    Path config = TinyRun.distill(folder);
    for (Map<String, String> wrong : List.of(
        with("rules", "mine"), with("trains", "some"), with("lambda", "1.5"), with("points", "0"),
        with("gamma1", "[1, -1]"), with("gamma2", "-1"),
        with("bias", "50"), with("parts", "2"), with("first_phase", "13"), with("first_levels", "[900, 100]"),
        with("lora_loss", "l1"), with("lora_model.rank", "0"), with("lora_model.rate", "0"),
        with("optimiser", "sgd"), with("teacher", "nowhere"), with("prompt_tokens", "3"))) {
      String key = wrong.keySet().iterator().next();
      FormatException e = assertThrows(
          FormatException.class, () -> TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, wrong));
      assertTrue(e.getMessage().contains(key.equals("teacher") ? "nowhere" : key), e.getMessage());
    }
    assertThrows(NoSuchFileException.class, () -> TinyRun.train(
        config, RunOptions.whole(), TrainingListener.NONE, with("lpips", "not-there.pth")));
  }
}
