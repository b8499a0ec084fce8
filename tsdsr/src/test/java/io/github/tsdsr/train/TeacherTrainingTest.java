package io.github.tsdsr.train;

import static io.github.tsdsr.train.TinyRun.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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

  private static double mean(List<TrainingLog.Entry> log, int from, int to) {
    return log.subList(from, to).stream().mapToDouble(e -> e.values().get("flow")).average().orElseThrow();
  }

  @Test
  void itsLossFallsAndItsModelHasBothPrompts() throws Exception {
    Path config = TinyRun.teacher(folder);
    Map<String, String> changes = with("steps", "80", "batch", "2", "rate", "0.01");
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, changes);
    // Losses vary with the levels that are drawn: a run that hardly learns draws the same.
    changes.putAll(with("rate", "1e-9", "out", "idle"));
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, changes);
    double learning = mean(TrainingLog.read(folder.resolve("run/log.jsonl")), 40, 80);
    double idle = mean(TrainingLog.read(folder.resolve("idle/log.jsonl")), 40, 80);
    assertTrue(learning < 0.98 * idle, () -> learning + " against " + idle);
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
    Map<String, String> validated = with("validation", "held-back", "validate_every", "6", "null_shows", "degraded");
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, validated);
    Map<String, byte[]> whole = TinyRun.results(folder.resolve("run"));
    assertTrue(whole.keySet().stream().anyMatch(n -> n.startsWith("strips")), whole.keySet().toString());
    List<TrainingLog.Entry> log = TrainingLog.read(folder.resolve("run/log.jsonl"));
    assertTrue(Double.isFinite(log.getLast().values().get("flow_validation")), log.toString());

    Map<String, String> parts = with("out", "parts");
    parts.putAll(with("validation", "held-back", "validate_every", "6", "null_shows", "degraded", "loaders", "2"));
    assertEquals(7, TinyRun.train(config, new RunOptions(false, 7), TrainingListener.NONE, parts, 2));
    assertEquals(12, TinyRun.train(config, RunOptions.resumed(), TrainingListener.NONE, parts));
    Map<String, byte[]> again = TinyRun.results(folder.resolve("parts"));
    assertEquals(whole.keySet(), again.keySet());
    whole.forEach((name, bytes) -> assertArrayEquals(bytes, again.get(name), name));
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
