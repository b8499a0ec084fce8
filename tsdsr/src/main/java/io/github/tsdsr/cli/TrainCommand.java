package io.github.tsdsr.cli;

import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.train.Trainer;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tsdsr train}. */
@Command(name = "train", description = "Trains an autoencoder or a student as a configuration file says.")
final class TrainCommand implements Callable<Integer> {
  @Parameters(paramLabel = "CONFIG.yaml",
      description = "What to train; paths in it are relative to its folder.")
  private Path file;

  @Option(names = "--resume", description = "Go on from the run's latest checkpoint.")
  private boolean resume;

  @Option(names = "--set", paramLabel = "KEY=VALUE",
      description = "Replaces a value of the configuration.")
  private Map<String, String> overrides = Map.of();

  @Option(names = "--quiet", description = "No line for every step.")
  private boolean quiet;

  @Mixin
  private BackendOptions backendOptions;

  @Override
  public Integer call() throws Exception {
    Config config = Config.yaml(file, overrides);
    Thread training = Thread.currentThread();
    CountDownLatch done = new CountDownLatch(1);
    // An interrupted run saves its state first; the machine's exit waits for that.
    Thread hook = new Thread(() -> {
      training.interrupt();
      try {
        done.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    Runtime.getRuntime().addShutdownHook(hook);
    try (Backend backend = backendOptions.open()) {
      Path base = file.toAbsolutePath().getParent();
      new Trainer(backend, config, base).run(resume, line -> {
        if (!quiet) {
          System.err.println(line);
        }
      });
    } finally {
      done.countDown();
    }
    return ExitCode.OK;
  }
}
