package io.github.tsdsr.cli;

import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.train.RunOptions;
import io.github.tsdsr.train.Trainer;
import io.github.tsdsr.train.TrainingListener;
import io.github.tsdsr.train.Trial;
import java.nio.file.Path;
import java.util.Locale;
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

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Replaces a value of the configuration.")
  private Map<String, String> overrides = Map.of();

  @Option(names = "--quiet", description = "Neither progress nor notes; errors and warnings only.")
  private boolean quiet;

  @Option(names = "--dry-run",
      description = "Check everything, try two steps, tell what the training would take; write nothing.")
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
        print(trainer.trial(new TrainingListener() {
          @Override
          public void note(String line) {
            System.err.println(line);
          }
        }));
        return ExitCode.OK;
      }
      try (GracefulStop stop = new GracefulStop();
          TrainingProgress progress = new TrainingProgress(System.err, TrainingProgress.styleFor(quiet), stop)) {
        long done = trainer.run(new RunOptions(resume, until), progress);
        return stop.requested() ? stop.finish("stopped after " + done + " steps; go on with --resume") : ExitCode.OK;
      }
    }
  }

  private static void print(Trial trial) {
    System.out.println(trial.description());
    System.out.println(String.format(Locale.ROOT, "%,d parameters", trial.parameters()));
    System.out.println(String.format(Locale.ROOT, "%s, %d crops of %dx%d a step, %d steps", trial.pictures(),
        trial.batch(), trial.crop(), trial.crop(), trial.steps()));
    System.out.println(String.format(Locale.ROOT, "%.2f GiB for tensors", trial.peakBytes() / (double) (1 << 30)));
    System.out.println(String.format(Locale.ROOT, "%.2f s a step, %.1f hours in all, without validation",
        trial.stepSeconds(), trial.stepSeconds() * trial.steps() / 3600));
  }
}
