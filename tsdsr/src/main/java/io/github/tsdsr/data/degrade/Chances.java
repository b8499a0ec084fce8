package io.github.tsdsr.data.degrade;

import io.github.tsdsr.data.RandomStream;
import java.util.List;

/** Choices by chance. */
final class Chances {
  private Chances() {}

  /**
   * A number from 0 to 1.
   *
   * @throws IllegalArgumentException naming what it is the chance of
   */
  static void check(String what, double chance) {
    if (!(chance >= 0 && chance <= 1)) {
      throw new IllegalArgumentException("a chance of " + chance + " (" + what + "): expected 0 to 1");
    }
  }

  /** One of these, each as probable as its part of the weights. */
  static <T> T pick(List<T> of, List<Double> weights, RandomStream random) {
    double at = random.uniform() * weights.stream().mapToDouble(w -> w).sum();
    int last = 0;
    for (int i = 0; i < weights.size(); i++) {
      if (weights.get(i) > 0) {
        last = i;
        if (at < weights.get(i)) {
          break;
        }
        at -= weights.get(i);
      }
    }
    return of.get(last);
  }
}
