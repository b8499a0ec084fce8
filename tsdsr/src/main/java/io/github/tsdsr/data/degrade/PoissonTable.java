package io.github.tsdsr.data.degrade;

import java.util.Arrays;

/** The Poisson distribution of one mean, for drawing by inversion: one uniform number gives one count. */
final class PoissonTable {
  /** Uniform numbers have 32 bits: what lies further out is never drawn. */
  private static final double NEVER = 0x1p-34;
  /** Beyond it exp(-mean) would be nought. */
  private static final double MOST = 700;
  private static final int PARTS = 64;

  /** P(count <= k). */
  private final double[] cumulative;
  /** For each of the equal parts of (0, 1) the least count that it gives. */
  private final int[] start = new int[PARTS];

  private PoissonTable(double[] cumulative) {
    this.cumulative = cumulative;
    int k = 0;
    for (int i = 0; i < PARTS; i++) {
      while (k < cumulative.length - 1 && cumulative[k] < (double) i / PARTS) {
        k++;
      }
      start[i] = k;
    }
  }

  /**
   * The table of a mean.
   *
   * @throws IllegalArgumentException if it is negative or above 700
   */
  static PoissonTable of(double mean) {
    if (!(mean >= 0 && mean <= MOST)) {
      throw new IllegalArgumentException("Poisson noise of mean " + mean + ": expected 0 to " + MOST);
    }
    double[] cumulative = new double[(int) (mean + 12 * Math.sqrt(mean)) + 32];
    // StrictMath gives the same bits on every machine.
    double p = StrictMath.exp(-mean);
    double sum = p;
    int k = 0;
    cumulative[0] = sum;
    while (sum < 1 - NEVER && k + 1 < cumulative.length) {
      k++;
      p *= mean / k;
      sum += p;
      cumulative[k] = sum;
    }
    return new PoissonTable(Arrays.copyOf(cumulative, k + 1));
  }

  /** The least k with P(count <= k) >= u, for u in (0, 1). */
  int count(double u) {
    int k = start[(int) (u * PARTS)];
    while (k < cumulative.length - 1 && cumulative[k] < u) {
      k++;
    }
    return k;
  }
}
