package io.github.tsdsr.bench;

import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.kernels.cpu.VectorBackend;
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
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Where the time of a training step goes: {@code bin/bench --training CONFIG.yaml [--steps N] [--warm-up N] [--threads N]
 * [KEY=VALUE ...]} runs the configured training into a folder that is deleted again and prints the operations' times. With one thread they are
 * processor time, which other programs hardly disturb.
 */
final class TrainingProfile {
  private static final int SHAPES = 40;

  private TrainingProfile() {}

  /**
   * @param arguments without the {@code --training} before them
   */
  static void run(String... arguments) throws IOException, InterruptedException {
    Path file = Path.of(arguments[0]);
    int steps = 20;
    int warmUp = 20;
    int threads = Runtime.getRuntime().availableProcessors();
    Map<String, String> overrides = new HashMap<>();
    for (int i = 1; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--steps" -> steps = Integer.parseInt(arguments[++i]);
        case "--warm-up" -> warmUp = Integer.parseInt(arguments[++i]);
        case "--threads" -> threads = Integer.parseInt(arguments[++i]);
        default -> {
          String[] pair = arguments[i].split("=", 2);
          overrides.put(pair[0], pair[1]);
        }
      }
    }
    Path folder = Files.createTempDirectory("tsdsr-profile");
    overrides.put("out", folder.toString());
    overrides.put("validation", "");
    overrides.put("steps", String.valueOf(warmUp + steps));
    LongSupplier clock = threads == 1
        ? ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime
        : System::nanoTime;
    int ignored = warmUp;
    int measured = steps;
    try (ProfiledBackend backend = new ProfiledBackend(new VectorBackend(threads, Long.MAX_VALUE), clock)) {
      System.out.println(backend.name() + (threads == 1 ? ", processor time" : ", wall time"));
      Config config = Config.yaml(file, overrides);
      TrainingListener listener = new TrainingListener() {
        @Override
        public void stepped(long done, Map<String, Double> values) {
          if (done == ignored) {
            backend.reset();
          } else if (done == ignored + measured) {
            System.out.println(backend.report(measured, SHAPES));
          }
        }
      };
      new Trainer(backend, config, file.toAbsolutePath().getParent()).run(RunOptions.whole(), listener);
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
