package io.github.tsdsr.train.ablation;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.train.RunOptions;
import io.github.tsdsr.train.Trainer;
import io.github.tsdsr.train.TrainingListener;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Trains every variant of a plan under every seed, goes on where it was cut off, and gathers what the validations after the
 * last steps measured.
 */
public final class Ablation {
  /**
   * What runs of a variant measured.
   *
   * @param runs by seed, in the plan's order; measures by their names in the log
   */
  public record Result(AblationPlan.Variant variant, Map<Integer, Map<String, Double>> runs) {
    /** A measure of each run. */
    private double[] values(String measure) {
      return runs.values().stream().filter(m -> m.containsKey(measure)).mapToDouble(m -> m.get(measure)).toArray();
    }

    /** The mean of a measure over the runs; NaN unless all of them have it. */
    public double mean(String measure) {
      double[] values = values(measure);
      if (values.length < runs.size()) {
        return Double.NaN;
      }
      double sum = 0;
      for (double v : values) {
        sum += v;
      }
      return sum / values.length;
    }

    /** The standard deviation of a measure over the runs, with n - 1 below; NaN of fewer than two. */
    public double deviation(String measure) {
      double mean = mean(measure);
      double[] values = values(measure);
      double sum = 0;
      for (double v : values) {
        sum += (v - mean) * (v - mean);
      }
      return values.length < 2 ? Double.NaN : Math.sqrt(sum / (values.length - 1));
    }
  }

  /** Hears of each run. */
  @FunctionalInterface
  public interface Listener {
    /**
     * A run is about to begin or to go on.
     *
     * @param index from 0
     * @return what hears of its steps, and may end it
     */
    TrainingListener begins(int index, AblationPlan.Run run);
  }

  private final Backend backend;
  private final AblationPlan plan;

  public Ablation(Backend backend, AblationPlan plan) {
    this.backend = backend;
    this.plan = plan;
  }

  /**
   * Trains what is not trained yet. All configurations are read and checked before the first run begins.
   *
   * @return the results; empty if a listener ended a run
   * @throws FormatException if a configuration or a run's folder is not as it should be, or a training validates nothing
   */
  public Optional<List<Result>> run(Listener listener) throws IOException, InterruptedException {
    List<AblationPlan.Run> runs = plan.runs();
    for (AblationPlan.Run run : runs) {
      trainer(run);
    }
    Map<AblationPlan.Variant, Result> results = new LinkedHashMap<>();
    plan.variants().forEach(v -> results.put(v, new Result(v, new LinkedHashMap<>())));
    for (int i = 0; i < runs.size(); i++) {
      AblationPlan.Run run = runs.get(i);
      Trainer trainer = trainer(run);
      trainer.run(RunOptions.resumed(), listener.begins(i, run));
      Optional<Map<String, Double>> measures = trainer.measured();
      if (measures.isEmpty()) {
        return Optional.empty();
      }
      if (measures.get().isEmpty()) {
        throw new FormatException(plan.training().toString(), "its validation measures no picture beside bicubic");
      }
      results.get(run.variant()).runs.put(run.seed(), measures.get());
    }
    return Optional.of(List.copyOf(results.values()));
  }

  private Trainer trainer(AblationPlan.Run run) throws IOException {
    Map<String, String> changes = new LinkedHashMap<>(run.variant().changes());
    changes.put("seed", Integer.toString(run.seed()));
    changes.put("out", quoted(run.folder().toAbsolutePath().toString()));
    Config config = Config.yaml(plan.training(), changes);
    if (!config.has("validation")) {
      throw new FormatException(plan.training().toString(), "key validation is missing: an ablation is measured on it");
    }
    if (config.integer("validate_every", 0) == 0) {
      // The last step alone.
      changes.put("validate_every", Integer.toString(config.integer("steps")));
    }
    return new Trainer(
        backend, Config.yaml(plan.training(), changes), plan.training().toAbsolutePath().getParent());
  }

  /** A text of YAML, whatever is in it. */
  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}
