package io.github.tsdsr.train;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.train.mode.Mode;
import io.github.tsdsr.train.mode.RunSettings;
import io.github.tsdsr.train.mode.Workspace;
import io.github.tsdsr.train.optim.Optimisation;
import io.github.tsdsr.train.run.Checkpoint;
import io.github.tsdsr.train.run.RunFolder;
import io.github.tsdsr.train.run.RunReport;
import io.github.tsdsr.train.run.Sessions;
import io.github.tsdsr.train.run.TrainingLog;
import io.github.tsdsr.train.run.TrainingRun;
import io.github.tsdsr.train.run.ValidationPictures;
import io.github.tsdsr.train.step.Objective;
import io.github.tsdsr.train.validation.Validation;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Steps, log lines, validations and checkpoints, until the configured number of steps or an end before it. */
final class TrainingLoop {
  private static final double NANOS = 1e9;

  private final Workspace workspace;
  private final Backend backend;
  private final RunSettings settings;
  private final Mode mode;
  private final Optimisation optimisation;
  private final RunFolder folder;
  private final Checkpoint checkpoint;
  private final TrainingListener listener;

  TrainingLoop(
      Workspace workspace, Mode mode, Optimisation optimisation, RunFolder folder, Checkpoint checkpoint,
      TrainingListener listener) {
    this.workspace = workspace;
    backend = workspace.backend();
    settings = workspace.settings();
    this.mode = mode;
    this.optimisation = optimisation;
    this.folder = folder;
    this.checkpoint = checkpoint;
    this.listener = listener;
  }

  /** Restores the latest checkpoint, if there is one, and tells how many steps it was saved after. */
  long restore() throws IOException {
    long first = checkpoint.restore(backend, optimisation.state(), listener::warning).orElse(0L);
    optimisation.resumeAt(first);
    return first;
  }

  /**
   * Trains.
   *
   * @param run what is to be done
   * @param report is written whenever there is something new to see
   * @return how many steps are done
   * @throws TrainingException if a gradient is not finite
   */
  long run(TrainingRun run, RunReport report) throws IOException, InterruptedException {
    Sessions sessions = Sessions.begin(folder.sessions(), run.first(), backend.name());
    listener.started(run);
    if (run.first() >= run.last()) {
      // Nothing to do, unless the process ended between the last checkpoint and the model.
      mode.export(folder.model(), optimisation.averages());
      report.write(sessions);
      return run.first();
    }
    try (Objective objective = mode.objective(run.first(), listener);
        TrainingLog log = TrainingLog.open(folder.log(), run.first())) {
      for (long step = run.first(); step < run.last(); step++) {
        long began = System.nanoTime();
        Map<String, Double> values = step(objective, step);
        sessions.stepped((System.nanoTime() - began) / NANOS);
        long done = step + 1;
        listener.stepped(done, Collections.unmodifiableMap(values));
        boolean validates = due(done, settings.validateEvery());
        if (validates) {
          values.putAll(validate(done));
        }
        log.write(step, values);
        boolean stops = done == run.last() || listener.stopRequested();
        if (due(done, settings.checkpointEvery()) || stops) {
          log.sync();
          checkpoint.save(backend, done, optimisation.state());
          sessions.save();
          mode.export(folder.model(), optimisation.averages());
          listener.note("saved after " + done + " steps: " + folder.path());
        }
        if (due(done, settings.checkpointEvery()) || stops || validates) {
          report.write(sessions);
        }
        if (stops) {
          return done;
        }
      }
    }
    return run.last();
  }

  private boolean due(long done, long every) {
    return every > 0 && (done % every == 0 || done == settings.steps());
  }

  private Map<String, Double> step(Objective objective, long step) throws InterruptedException {
    try (Objective.Result result = objective.step(step)) {
      Map<String, Double> values = new LinkedHashMap<>(result.losses());
      values.putAll(optimisation.step(step, result.gradients()));
      return values;
    }
  }

  private Map<String, Double> validate(long done) throws IOException {
    if (workspace.data().validation().crops().isEmpty()) {
      return Map.of();
    }
    Validation validation = mode.validate(optimisation.averages());
    ValidationPictures.write(folder.strips(), done, validation.strips());
    listener.validated(done, validation.measures());
    return validation.measures();
  }
}
