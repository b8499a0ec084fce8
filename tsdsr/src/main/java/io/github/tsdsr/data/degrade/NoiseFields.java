package io.github.tsdsr.data.degrade;

import io.github.tsdsr.data.RandomStream;

/** Where noise gets its random numbers from. */
interface NoiseFields {
  /** So many standard normal numbers. */
  double[] normal(int count);

  /**
   * A random count for every sample.
   *
   * @param levels the samples, 0 to 255
   * @param vals a sample of level v has a Poisson count of mean v / 255 * vals
   */
  double[] counts(int[] levels, int vals);

  /** From a stream, in the order of the calls. */
  static NoiseFields of(RandomStream random) {
    return new NoiseFields() {
      @Override
      public double[] normal(int count) {
        double[] field = new double[count];
        random.addNormal(1, field);
        return field;
      }

      @Override
      public double[] counts(int[] levels, int vals) {
        PoissonTable[] tables = new PoissonTable[256];
        double[] counts = new double[levels.length];
        for (int i = 0; i < counts.length; i++) {
          int level = levels[i];
          if (tables[level] == null) {
            tables[level] = PoissonTable.of(level / 255.0 * vals);
          }
          counts[i] = tables[level].count(random.uniform());
        }
        return counts;
      }
    };
  }
}
