package io.github.tsdsr.train.diffusion;

/** How much the x0 loss of the published program counts at a noise level (arXiv 2403.03206, section 3.1, by name). */
public enum LevelWeighting {
  /** sigma^-2. */
  SIGMA_SQRT,
  /** sigmoid(u), u standard normal. */
  LOGIT_NORMAL,
  /** 1 - u - 1.29 (cos(pi u / 2)^2 - 1 + u), u uniform in [0,1). */
  MODE;

  private static final double MODE_SCALE = 1.29;

  /**
   * The weight of a sample.
   *
   * @param sigma its noise level
   * @param u what was drawn for it; ignored by SIGMA_SQRT
   */
  public double of(double sigma, double u) {
    return switch (this) {
      case SIGMA_SQRT -> 1 / (sigma * sigma);
      case LOGIT_NORMAL -> 1 / (1 + Math.exp(-u));
      case MODE -> {
        double c = Math.cos(Math.PI * u / 2);
        yield 1 - u - MODE_SCALE * (c * c - 1 + u);
      }
    };
  }
}
