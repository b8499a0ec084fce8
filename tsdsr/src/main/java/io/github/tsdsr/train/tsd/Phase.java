package io.github.tsdsr.train.tsd;

/**
 * What counts in a part of the training: the total is gamma1 perceptual + (MSE) + gamma2 TSD.
 *
 * @param gamma1 the weight of the perceptual loss
 * @param mse whether the latent MSE counts
 * @param sampling where TSD is measured
 */
public record Phase(double gamma1, boolean mse, DistributionAwareSampling sampling) {
  /** The paper's first phase: latent MSE, no DASM. */
  public static Phase first() {
    return new Phase(1, true, DistributionAwareSampling.naive());
  }

  /** The paper's second phase: DASM with four points, no MSE. */
  public static Phase second(double gamma1) {
    return new Phase(gamma1, false, DistributionAwareSampling.of(4));
  }
}
