package io.github.tsdsr.train;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.memory.CountingBackend;
import io.github.tsdsr.memory.MemoryLimits;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.MemoryUse;
import io.github.tsdsr.train.distill.DistillRecipe;
import io.github.tsdsr.train.mode.Mode;
import io.github.tsdsr.train.mode.ModeKind;
import io.github.tsdsr.train.mode.Recipe;
import io.github.tsdsr.train.mode.RunSettings;
import io.github.tsdsr.train.mode.TrainingData;
import io.github.tsdsr.train.mode.Workspace;
import io.github.tsdsr.train.optim.Optimisation;
import io.github.tsdsr.train.optim.ParameterGroup;
import io.github.tsdsr.train.run.Checkpoint;
import io.github.tsdsr.train.run.Provenance;
import io.github.tsdsr.train.run.RunFolder;
import io.github.tsdsr.train.run.RunReport;
import io.github.tsdsr.train.run.TrainingLog;
import io.github.tsdsr.train.run.TrainingRun;
import io.github.tsdsr.train.step.Objective;
import io.github.tsdsr.train.student.StudentRecipe;
import io.github.tsdsr.train.teacher.TeacherLoraRecipe;
import io.github.tsdsr.train.teacher.TeacherRecipe;
import io.github.tsdsr.train.vae.VaeRecipe;
import io.github.tsdsr.train.validation.Comparison;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A training run as its configuration file describes it. */
public final class Trainer {
  private final Backend backend;
  private final Config config;
  private final Path base;
  private final RunSettings settings;
  private final Recipe recipe;

  /**
   * Reads and checks the whole configuration; nothing else is touched yet.
   *
   * @param base the folder that paths in the configuration are relative to
   * @throws FormatException if a key is missing, unknown, or holds what does not fit
   */
  public Trainer(Backend backend, Config config, Path base) throws IOException {
    this.backend = backend;
    this.config = config;
    this.base = base;
    settings = RunSettings.of(config, base);
    recipe = recipe(config, settings, base);
    config.refuseUnread();
  }

  private static Recipe recipe(Config config, RunSettings settings, Path base) throws IOException {
    return switch (ModeKind.of(config)) {
      case VAE -> VaeRecipe.of(config, settings);
      case STUDENT -> StudentRecipe.of(config, settings, base);
      case TEACHER -> TeacherRecipe.of(config, settings, base);
      case TEACHER_LORA -> TeacherLoraRecipe.of(config, settings, base);
      case DISTILL -> DistillRecipe.of(config, settings, base);
    };
  }

  /**
   * Trains to the end, or until the listener says so; then the state of that moment is saved. An interrupt of the thread
   * ends the run without saving.
   *
   * @return how many steps are done
   * @throws FormatException if the photos, the run's folder or its checkpoint are not as they should be
   * @throws TrainingException if a gradient is not finite; what was saved before stays
   */
  public long run(RunOptions options, TrainingListener listener) throws IOException, InterruptedException {
    try (RunFolder folder = RunFolder.take(settings.folder())) {
      Optional<Long> saved = Checkpoint.latest(folder.path());
      if (saved.isPresent() && !options.resume()) {
        throw new FormatException(folder.path().toString(), "holds a run of " + saved.get()
            + " steps already: go on with --resume, or name another folder");
      }
      if (folder.holdsForeignModel()) {
        throw new FormatException(folder.path().toString(),
            "holds a model but neither a checkpoint nor a log: the run would replace it; name another folder");
      }
      TrainingData data = TrainingData.open(settings, listener::note);
      try (Workspace workspace = Workspace.on(backend, settings, data)) {
        return run(options, listener, folder, workspace);
      }
    }
  }

  /** What the validation after the last step measured, by its name in the log; empty if the run is not there yet. */
  public Optional<Map<String, Double>> measured() throws IOException {
    List<TrainingLog.Entry> log = TrainingLog.read(RunFolder.logIn(settings.folder()));
    if (log.isEmpty() || log.getLast().step() != settings.steps() - 1) {
      return Optional.empty();
    }
    Map<String, Double> measures = new LinkedHashMap<>(log.getLast().values());
    measures.keySet().retainAll(Comparison.MEASURES);
    return Optional.of(measures);
  }

  /**
   * Plans the memory from shapes and tells the listener; if it is enough, tries two steps without changing a parameter.
   * Writes no file.
   *
   * @return what the steps showed; empty if the plan does not fit
   * @throws FormatException if the photos are not as they should be
   */
  public Optional<Trial> trial(MemoryLimits limits, TrainingListener listener)
      throws IOException, InterruptedException {
    TrainingData data = TrainingData.open(settings, listener::note);
    // The last phase of a training with several takes the most.
    long last = Math.max(1, settings.steps() - 1);
    TrainingPlan plan = plan(data, last, limits);
    listener.planned(plan);
    return plan.fits() ? Optional.of(trial(data, last, listener)) : Optional.empty();
  }

  private TrainingPlan plan(TrainingData data, long step, MemoryLimits limits)
      throws IOException, InterruptedException {
    Optional<Boolean> recomputing = recipe.recomputing();
    Optional<Footprint> otherwise = Optional.empty();
    if (recomputing.isPresent()) {
      Config other = config.with(Map.of("recompute", String.valueOf(!recomputing.get())));
      otherwise =
          Optional.of(Footprint.of(recipe(other, settings, base), settings, data, step, limits.threads()));
    }
    Footprint memory = Footprint.of(recipe, settings, data, step, limits.threads());
    try (CountingBackend nowhere = new CountingBackend(1);
        Workspace workspace = Workspace.on(nowhere, settings, data)) {
      Mode mode = recipe.open(workspace);
      return new TrainingPlan(
          mode.description(), count(mode.groups()), data.amount(), settings.batch(), settings.crop(), settings.steps(),
          limits, memory, recomputing, otherwise);
    }
  }

  private Trial trial(TrainingData data, long last, TrainingListener listener)
      throws IOException, InterruptedException {
    try (Workspace workspace = Workspace.on(backend, settings, data)) {
      Mode mode = recipe.open(workspace);
      try (Objective objective = mode.objective(last - 1, listener)) {
        new Optimisation(workspace.scope(), mode.groups());
        objective.step(last - 1).close();
        // The first compiles; the second shows the speed.
        long began = System.nanoTime();
        objective.step(last).close();
        MemoryUse use = backend.memory();
        return new Trial(use.peak(), use.held(), (System.nanoTime() - began) / 1e9);
      }
    }
  }

  private static long count(List<ParameterGroup> groups) {
    return groups.stream().flatMap(g -> g.parameters().stream()).mapToLong(p -> p.value().count()).sum();
  }

  private long run(RunOptions options, TrainingListener listener, RunFolder folder, Workspace workspace)
      throws IOException, InterruptedException {
    TrainingData data = workspace.data();
    Mode mode = recipe.open(workspace);
    List<ParameterGroup> groups = mode.groups();
    Optimisation optimisation = new Optimisation(workspace.scope(), groups);
    Checkpoint checkpoint = new Checkpoint(folder.path(), settings.keep(), provenance(data));
    TrainingLoop loop = new TrainingLoop(workspace, mode, optimisation, folder, checkpoint, listener);
    long first = options.resume() ? loop.restore() : 0;
    TrainingRun run = new TrainingRun(
        folder.path(), first, Math.max(first, Math.min(options.until(), settings.steps())), settings.steps(),
        count(groups), data.amount(), settings.batch(),
        settings.crop(), backend.memory().inUse());
    return loop.run(run, new RunReport(folder, run, mode.description(), config.toJson()));
  }

  private Provenance provenance(TrainingData data) throws IOException {
    Map<String, String> inputs = new LinkedHashMap<>(data.fingerprint());
    inputs.putAll(recipe.inputs());
    return Provenance.of(config.toJson(), inputs);
  }
}
