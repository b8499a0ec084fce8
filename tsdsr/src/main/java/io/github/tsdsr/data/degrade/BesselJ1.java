package io.github.tsdsr.data.degrade;

/**
 * The Bessel function of the first kind and first order by its integral, J1(x) = 1/pi times the integral of cos(t - x sin
 * t) over [0, pi]. The integrand is periodic, so the trapezoidal rule with n steps is off by about J_{2n}(x): nothing, for
 * the arguments below 2n that a kernel has.
 */
final class BesselJ1 {
  private static final int STEPS = 64;
  /** Beyond it the rule's error would show. */
  private static final double MOST = 90;
  private static final double[] ANGLE = new double[STEPS];
  private static final double[] SINE = new double[STEPS];

  static {
    for (int i = 0; i < STEPS; i++) {
      ANGLE[i] = Math.PI * i / STEPS;
      // StrictMath gives the same bits on every machine.
      SINE[i] = StrictMath.sin(ANGLE[i]);
    }
  }

  private BesselJ1() {}

  /**
   * J1(x).
   *
   * @throws IllegalArgumentException if |x| is above 90
   */
  static double of(double x) {
    if (!(Math.abs(x) <= MOST)) {
      throw new IllegalArgumentException("J1 of " + x + ": expected at most " + MOST);
    }
    // The ends of the interval, cos 0 and cos pi, cancel.
    double sum = 0;
    for (int i = 1; i < STEPS; i++) {
      sum += StrictMath.cos(ANGLE[i] - x * SINE[i]);
    }
    return sum / STEPS;
  }
}
