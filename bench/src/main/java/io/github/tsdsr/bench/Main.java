package io.github.tsdsr.bench;

import java.util.Arrays;

/** {@code bin/bench}: JMH's own options, a report of all benchmarks, or a profile. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) throws Exception {
    switch (arguments.length == 0 ? "" : arguments[0]) {
      case "--training" -> TrainingProfile.run(Arrays.copyOfRange(arguments, 1, arguments.length));
      case "--distillation" -> DistillationProfile.run(Arrays.copyOfRange(arguments, 1, arguments.length));
      case "--sd3" -> Sd3Pass.run(Arrays.copyOfRange(arguments, 1, arguments.length));
      case "--photo" -> PhotoTime.run(Arrays.copyOfRange(arguments, 1, arguments.length));
      case "--report" -> Report.run(Arrays.copyOfRange(arguments, 1, arguments.length));
      default -> org.openjdk.jmh.Main.main(arguments);
    }
  }
}
