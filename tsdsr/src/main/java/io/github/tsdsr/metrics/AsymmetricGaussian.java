package io.github.tsdsr.metrics;

/**
 * An asymmetric generalised Gaussian, density proportional to exp(-(|x| / scale)^shape) with one scale left of zero
 * and one right of it.
 *
 * @param shape 0.2 to 10
 * @param left the scale of the negative side
 * @param right the scale of the positive side; a side without samples gives NaN
 */
record AsymmetricGaussian(double shape, double left, double right) {
  private static final double FIRST = 0.2;
  private static final double STEP = 0.001;
  private static final double[] RATIO = ratios();

  /**
   * The fit by moments: the shape is the one of a grid of 0.2 + 0.001 i whose ratio G(2/a)^2 / (G(1/a) G(3/a)) is
   * nearest to rhat (g^3 + 1)(g + 1) / (g^2 + 1)^2, with g the ratio of the two sides' deviations, rhat = mean|x|^2 /
   * mean x^2, and G the gamma function.
   */
  static AsymmetricGaussian fit(double[] x) {
    double negative = 0;
    double positive = 0;
    double absolute = 0;
    int below = 0;
    int above = 0;
    for (double v : x) {
      absolute += Math.abs(v);
      if (v < 0) {
        negative += v * v;
        below++;
      } else if (v > 0) {
        positive += v * v;
        above++;
      }
    }
    double leftDeviation = Math.sqrt(negative / below);
    double rightDeviation = Math.sqrt(positive / above);
    double g = leftDeviation / rightDeviation;
    double mean = absolute / x.length;
    double rhat = mean * mean / ((negative + positive) / x.length);
    double wanted = rhat * (g * g * g + 1) * (g + 1) / ((g * g + 1) * (g * g + 1));
    int best = 0;
    for (int i = 1; i < RATIO.length; i++) {
      if (Math.abs(RATIO[i] - wanted) < Math.abs(RATIO[best] - wanted)) {
        best = i;
      }
    }
    double shape = FIRST + STEP * best;
    double toScale = Math.sqrt(GammaFunction.of(1 / shape) / GammaFunction.of(3 / shape));
    return new AsymmetricGaussian(shape, leftDeviation * toScale, rightDeviation * toScale);
  }

  /** (right - left) G(2/shape) / G(1/shape). */
  double mean() {
    return (right - left) * GammaFunction.of(2 / shape) / GammaFunction.of(1 / shape);
  }

  private static double[] ratios() {
    double[] out = new double[9801];
    for (int i = 0; i < out.length; i++) {
      double a = FIRST + STEP * i;
      double second = GammaFunction.of(2 / a);
      out[i] = second * second / (GammaFunction.of(1 / a) * GammaFunction.of(3 / a));
    }
    return out;
  }
}
