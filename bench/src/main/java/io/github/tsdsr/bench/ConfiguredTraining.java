package io.github.tsdsr.bench;

import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.train.RunOptions;
import io.github.tsdsr.train.Trainer;
import io.github.tsdsr.train.TrainingListener;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * A training to be measured: {@code CONFIG.yaml [--steps N] [--warm-up N] [--threads N] [--peer PYTHON] [KEY=VALUE ...]}.
 *
 * @param steps that are measured, after those of the warm-up
 * @param peer the command of a Python to compare with
 */
record ConfiguredTraining(
    Path file, int steps, int warmUp, int threads, Optional<Path> peer, Map<String, String> overrides) {
  private static final int STEPS = 20;

  static ConfiguredTraining parse(String... arguments) {
    int steps = STEPS;
    int warmUp = STEPS;
    int threads = Runtime.getRuntime().availableProcessors();
    Optional<Path> peer = Optional.empty();
    Map<String, String> overrides = new HashMap<>();
    for (int i = 1; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--steps" -> steps = Integer.parseInt(arguments[++i]);
        case "--warm-up" -> warmUp = Integer.parseInt(arguments[++i]);
        case "--threads" -> threads = Integer.parseInt(arguments[++i]);
        case "--peer" -> peer = Optional.of(Path.of(arguments[++i]));
        default -> {
          String[] pair = arguments[i].split("=", 2);
          if (pair.length < 2) {
            throw new IllegalArgumentException("unknown option " + arguments[i]);
          }
          overrides.put(pair[0], pair[1]);
        }
      }
    }
    return new ConfiguredTraining(Path.of(arguments[0]), steps, warmUp, threads, peer, overrides);
  }

  /** Nanoseconds: of one thread its processor time, which other programs hardly disturb; of several the wall's. */
  LongSupplier clock() {
    return threads == 1 ? ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime : System::nanoTime;
  }

  String clockName() {
    return threads == 1 ? "processor time" : "wall time";
  }

  /** What the file and the overrides say. */
  Config config() throws IOException {
    return Config.yaml(file, overrides);
  }

  /** What paths in the file are relative to. */
  Path base() {
    return file.toAbsolutePath().getParent();
  }

  /** Trains in a folder that is deleted again, without validation. */
  void run(Backend backend, TrainingListener listener) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("tsdsr-profile");
    Map<String, String> here = new HashMap<>(overrides);
    here.put("out", folder.toString());
    here.put("validation", "");
    here.put("steps", String.valueOf(warmUp + steps));
    try {
      new Trainer(backend, Config.yaml(file, here), base()).run(RunOptions.whole(), listener);
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path p : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(p);
      }
    }
  }
}
