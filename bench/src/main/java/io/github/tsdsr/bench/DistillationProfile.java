package io.github.tsdsr.bench;

import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.train.TrainingListener;
import io.github.tsdsr.train.step.StepPart;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a step of distillation costs, by part: {@code bin/bench --distillation CONFIG.yaml [--steps N] [--warm-up N]
 * [--threads N] [--peer PYTHON] [KEY=VALUE ...]} runs the configured distillation into a folder that is deleted again. All steps are of
 * the second phase, which costs most, unless {@code first_phase} is given. A peer does a step of the same shapes in PyTorch.
 * Times are the middle of the steps'; with one thread processor time.
 */
final class DistillationProfile {
  private static final double MIB = 1 << 20;

  private DistillationProfile() {}

  /**
   * @param arguments without the {@code --distillation} before them
   */
  static void run(String... arguments) throws IOException, InterruptedException {
    ConfiguredTraining training = ConfiguredTraining.parse(arguments);
    training.overrides().putIfAbsent("first_phase", "0");
    List<String> peer = training.peer().isEmpty() ? List.of() : DistillationPeer.command(training);
    try (ResidentMemory memory = new ResidentMemory();
        PartMeter meter = new PartMeter(new VectorBackend(training.threads(), Long.MAX_VALUE), training.clock())) {
      System.out.printf("%s, %d threads, %s, %s%n%n", Sd3Pass.processor(), training.threads(), training.clockName(),
          LocalDate.now());
      training.run(meter, new TrainingListener() {
        @Override
        public void entered(StepPart part) {
          meter.enter(part);
        }

        @Override
        public void stepped(long done, Map<String, Double> values) {
          meter.finish(done > training.warmUp());
        }
      });
      long resident = memory.peaks()[0];
      if (peer.isEmpty()) {
        print(meter, resident);
      } else {
        print(meter, resident, DistillationPeer.run(peer));
      }
    }
  }

  private static void print(PartMeter meter, long resident) {
    System.out.print("| part | ms | % | most tensor MiB |\n|---|---:|---:|---:|\n");
    for (StepPart p : StepPart.values()) {
      row("| %s | %.1f | %.0f | %.0f |", p.title(), meter.millis(p), 100 * meter.millis(p) / meter.millis(),
          meter.peak(p) / MIB);
    }
    row("| step | %.1f | 100 | %.0f |", meter.millis(), meter.memory().peak() / MIB);
    row("%n%.0f MiB resident", resident / MIB);
  }

  private static void print(PartMeter meter, long resident, DistillationPeer.Outcome peer) {
    System.out.print("| part | ms | % | most tensor MiB | PyTorch ms | ratio |\n|---|---:|---:|---:|---:|---:|\n");
    for (StepPart p : StepPart.values()) {
      double theirs = peer.millis().getOrDefault(p, 0.0);
      row("| %s | %.1f | %.0f | %.0f | %.1f | %.2f |", p.title(), meter.millis(p),
          100 * meter.millis(p) / meter.millis(), meter.peak(p) / MIB, theirs, meter.millis(p) / theirs);
    }
    row("| step | %.1f | 100 | %.0f | %.1f | %.2f |", meter.millis(), meter.memory().peak() / MIB, peer.step(),
        meter.millis() / peer.step());
    row("%n%.0f MiB resident, %s %.0f MiB", resident / MIB, peer.name(), peer.resident() / MIB);
  }

  private static void row(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
