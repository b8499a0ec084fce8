package io.github.tsdsr.train;

import static io.github.tsdsr.train.TinyRun.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.model.ModelFolder;
import io.github.tsdsr.train.run.TrainingLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pre-training of a teacher by flow matching. */
final class TeacherTrainingTest {
  @TempDir
  private Path folder;

  @Test
  void itsLossFallsAndItsModelHasBothPrompts() throws Exception {
    Path config = TinyRun.teacher(folder);
    Learning.assertLosesLess(
        config, with("steps", "80", "batch", "2", "rate", "0.01"), List.of("rate"), 40, 80, 0.98, "flow");
    try (ModelFolder model = ModelFolder.open(folder.resolve("run/model"));
        var text = model.defaultPrompt();
        var nothing = model.nullPrompt()) {
      assertEquals(2, text.prompt(8).size(0));
      assertEquals(2, nothing.prompt(8).size(0));
    }
  }

  @Test
  void goesOnWhereItWasAndShowsPicturesFromNoise() throws Exception {
    TinyRun.photos(folder.resolve("held-back"), 1, 512);
    Path config = TinyRun.teacher(folder);
    Map<String, byte[]> left = SameBytes.ofStoppedRuns(
        config, with("validation", "held-back", "validate_every", "6", "null_shows", "degraded"), 7);
    assertTrue(left.keySet().stream().anyMatch(n -> n.startsWith("strips")), left.keySet().toString());
    List<TrainingLog.Entry> log = TrainingLog.read(folder.resolve("run/log.jsonl"));
    assertTrue(Double.isFinite(log.getLast().values().get("flow_validation")), log.toString());
  }

  @Test
  void refusesWhatMakesNoSense() throws Exception {
    Path config = TinyRun.teacher(folder);
    for (Map<String, String> wrong : List.of(
        with("start", "anywhere"), with("null_share", "1"), with("null_shows", "nothing"), with("sample_steps", "0"),
        with("prompt_tokens", "0"), with("points", "4"))) {
      String key = wrong.keySet().iterator().next();
      FormatException e = assertThrows(
          FormatException.class, () -> TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, wrong));
      assertTrue(e.getMessage().contains(key), e.getMessage());
    }
    assertTrue(Files.notExists(folder.resolve("run")));
  }
}
