package io.github.tsdsr.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.train.run.TrainingLog;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether a run learns. Losses vary with the crops and levels that are drawn, so they are compared with those of a run that
 * hardly moves and draws the same.
 */
final class Learning {
  private Learning() {}

  /** The mean of a value over steps from one to before another. */
  static double mean(List<TrainingLog.Entry> log, int from, int to, String name) {
    return log.subList(from, to).stream().mapToDouble(e -> e.values().get(name)).average().orElseThrow();
  }

  /**
   * Trains into {@code run}, and at the rates of an idle run into {@code idle}; fails unless the losses are less than a
   * share of the idle run's.
   *
   * @param rates keys of learning rates
   * @param from a step
   * @param to the step after the last that counts
   */
  static void assertLosesLess(
      Path config, Map<String, String> changes, List<String> rates, int from, int to, double share, String... losses)
      throws Exception {
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, changes);
    Map<String, String> idle = new LinkedHashMap<>(changes);
    rates.forEach(key -> idle.put(key, "1e-9"));
    idle.put("out", "idle");
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, idle);
    List<TrainingLog.Entry> learned = TrainingLog.read(config.resolveSibling("run").resolve("log.jsonl"));
    List<TrainingLog.Entry> stayed = TrainingLog.read(config.resolveSibling("idle").resolve("log.jsonl"));
    for (String loss : losses) {
      double ratio = mean(learned, from, to, loss) / mean(stayed, from, to, loss);
      assertTrue(ratio < share, loss + ": " + ratio);
    }
  }
}
