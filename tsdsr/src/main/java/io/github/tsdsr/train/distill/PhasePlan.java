package io.github.tsdsr.train.distill;

import io.github.tsdsr.train.tsd.DistributionAwareSampling;
import io.github.tsdsr.train.tsd.Phase;

/**
 * Which phase a step is in. gamma1 keeps its first value in the first phase and then rises in a line to its last at the last
 * step.
 *
 * @param first how many steps the first phase has
 * @param steps of the whole training
 * @param gamma1From its first value
 * @param gamma1To its last
 * @param firstPoints points of a trajectory in the first phase
 * @param sampling of the second phase
 * @param mse in which phases the latent MSE counts
 */
public record PhasePlan(
    long first, long steps, double gamma1From, double gamma1To, int firstPoints, DistributionAwareSampling sampling,
    Mse mse) {
  /** Where the latent MSE counts. */
  public enum Mse {
    FIRST, ALWAYS, NEVER
  }

  /** The phase of a step, from 0. */
  public Phase at(long step) {
    if (step < first) {
      DistributionAwareSampling before =
          new DistributionAwareSampling(firstPoints, sampling.stride(), sampling.weights());
      return new Phase(gamma1From, mse != Mse.NEVER, before);
    }
    double along = steps - 1 <= first ? 1 : (double) (step - first) / (steps - 1 - first);
    return new Phase(gamma1From + along * (gamma1To - gamma1From), mse == Mse.ALWAYS, sampling);
  }
}
