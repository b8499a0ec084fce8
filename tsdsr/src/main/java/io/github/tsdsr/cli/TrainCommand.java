package io.github.tsdsr.cli;

import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.train.RunOptions;
import io.github.tsdsr.train.Trainer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tsdsr train}. */
@Command(
    name = "train",
    description = "Trains an autoencoder, a teacher, a student by reconstruction or by distillation, as a configuration"
        + " file says. The run's folder gets checkpoints, a log, a report to look at, and the model.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
  @Parameters(paramLabel = "CONFIG.yaml", description = "What to train; paths in it are relative to its folder.")
  private Path file;

  @Option(names = "--resume", description = "Go on from the run's latest checkpoint that is whole, if there is one.")
  private boolean resume;

  @Option(names = "--until", paramLabel = "STEP",
      description = "End after this many steps of the whole run, with a checkpoint; the learning rate follows `steps`.")
  private long until = Long.MAX_VALUE;

  @Option(names = "--set", paramLabel = "KEY=VALUE",
      description = "Replaces a value of the configuration; like those in it, paths are relative to its folder.")
  private Map<String, String> overrides = Map.of();

  @Option(names = "--quiet", description = "Neither progress nor notes; errors and warnings only.")
  private boolean quiet;

  @Option(names = "--dry-run",
      description = "Check everything, plan the memory; if it fits, try two steps and tell what they took. Writes nothing.")
  private boolean dryRun;

  @Mixin
  private BackendOptions backendOptions;

  @Override
  public Integer call() throws Exception {
    Config config = Config.yaml(file, overrides);
    try (Backend backend = backendOptions.open()) {
      Path base = file.toAbsolutePath().getParent();
      Trainer trainer = new Trainer(backend, config, base);
      if (dryRun) {
        return DryRun.of(trainer, backendOptions);
      }
      try (GracefulStop stop = new GracefulStop();
          TrainingProgress progress = new TrainingProgress(System.err, TrainingProgress.styleFor(quiet), stop)) {
        long done = trainer.run(new RunOptions(resume, until), progress);
        return stop.requested() ? stop.finish("stopped after " + done + " steps; go on with --resume") : ExitCode.OK;
      }
    }
  }
}
