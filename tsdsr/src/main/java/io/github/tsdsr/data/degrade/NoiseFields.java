package io.github.tsdsr.data.degrade;

import io.github.tsdsr.data.RandomStream;
import java.util.Arrays;

/** Where noise gets its random numbers from, row after row of a picture. */
interface NoiseFields {
  /** Fills a row with standard normal numbers. */
  void normal(double[] row);

  /** Fills a row with random counts, each of the Poisson distribution that its sample's level has. */
  void counts(byte[] levels, int first, PoissonTable[] ofLevel, double[] row);

  /** From a stream, in the order of the calls. */
  static NoiseFields of(RandomStream random) {
    return new NoiseFields() {
      @Override
      public void normal(double[] row) {
        Arrays.fill(row, 0);
        random.addNormal(1, row);
      }

      @Override
      public void counts(byte[] levels, int first, PoissonTable[] ofLevel, double[] row) {
        for (int i = 0; i < row.length; i++) {
          row[i] = ofLevel[levels[first + i] & 0xFF].count(random.uniform());
        }
      }
    };
  }
}
