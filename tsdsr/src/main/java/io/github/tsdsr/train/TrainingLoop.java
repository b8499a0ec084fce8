package io.github.tsdsr.train;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Steps, log lines and checkpoints, until the configured number of steps or an interruption. */
final class TrainingLoop {
  /** Where and how often things are written. */
  record Plan(Path folder, long steps, long checkpointEvery, int keep, long validateEvery, String configuration) {}

  /** Hears about a run. */
  interface Listener {
    /** After a step. */
    void stepped(long step, long steps, Map<String, Double> values);

    /** Measures the averaged parameters; what it returns goes into the log. */
    Map<String, Double> validate(Map<String, Tensor> averages);

    /** A checkpoint is safe; the averaged parameters of that moment. */
    void saved(Map<String, Tensor> averages) throws IOException;
  }

  /** Makes the objective, which begins to load data at the first step's number. */
  interface Start {
    Objective at(long first);
  }

  private TrainingLoop() {}

  /**
   * Runs to the end.
   *
   * @param resume whether to go on from the latest checkpoint, if there is one
   * @throws TrainingException if a gradient is not finite
   */
  static void run(
      Backend backend, Scope scope, Start start, Optimisation optimisation, Plan plan, boolean resume,
      Listener listener)
      throws IOException, InterruptedException {
    Files.createDirectories(plan.folder);
    Checkpoint checkpoint = new Checkpoint(plan.folder, plan.keep);
    Map<String, Tensor> state = optimisation.state();
    long first = 0;
    if (resume) {
      first = checkpoint.restore(backend, plan.configuration, state).orElse(0L);
      optimisation.resumeAt(first);
    } else if (checkpoint.exists()) {
      throw new TrainingException(plan.folder + " holds a run already: go on with --resume, or name another folder");
    }
    try (Objective objective = start.at(first);
        TrainingLog log = TrainingLog.open(plan.folder.resolve("log.jsonl"), first)) {
      for (long step = first; step < plan.steps; step++) {
        Map<String, Double> values = new LinkedHashMap<>();
        try (Objective.Result result = objective.step(step)) {
          Optimisation.Outcome outcome = optimisation.step(step, result.grads());
          values.putAll(result.losses());
          values.put("norm", outcome.norm());
          values.put("rate", outcome.rate());
        }
        long done = step + 1;
        if (plan.validateEvery > 0 && (done % plan.validateEvery == 0 || done == plan.steps)) {
          values.putAll(listener.validate(optimisation.averages()));
        }
        log.write(step, values);
        listener.stepped(done, plan.steps, values);
        boolean interrupted = Thread.interrupted();
        if (done % plan.checkpointEvery == 0 || done == plan.steps || interrupted) {
          checkpoint.save(backend, done, plan.configuration, state);
          listener.saved(optimisation.averages());
        }
        if (interrupted) {
          throw new InterruptedException("stopped after " + done + " steps");
        }
      }
    }
  }
}
