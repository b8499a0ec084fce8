package io.github.tsdsr.bench;

import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.train.TrainingListener;
import java.io.IOException;
import java.util.Map;

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
    ConfiguredTraining training = ConfiguredTraining.parse(arguments);
    int ignored = training.warmUp();
    int measured = training.steps();
    try (ProfiledBackend backend =
        new ProfiledBackend(new VectorBackend(training.threads(), Long.MAX_VALUE), training.clock())) {
      System.out.println(backend.name() + ", " + training.clockName());
      training.run(backend, new TrainingListener() {
        @Override
        public void stepped(long done, Map<String, Double> values) {
          if (done == ignored) {
            backend.reset();
          } else if (done == ignored + measured) {
            System.out.println(backend.report(measured, SHAPES));
          }
        }
      });
    }
  }
}
