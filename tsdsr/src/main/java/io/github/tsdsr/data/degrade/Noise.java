package io.github.tsdsr.data.degrade;

import io.github.tsdsr.pixel.FloatPixels;

/** Noise whose strength is drawn. */
public sealed interface Noise {
  /** The picture with noise, which may leave [0, 1]. */
  FloatPixels addedTo(FloatPixels x, NoiseFields fields);

  /**
   * Normal noise.
   *
   * @param sigma in levels of 0..255
   * @param gray the same in all channels
   */
  record Gaussian(double sigma, boolean gray) implements Noise {
    @Override
    public FloatPixels addedTo(FloatPixels x, NoiseFields fields) {
      return sum(x, sigma / 255, gray, (_, row) -> fields.normal(row));
    }
  }

  /**
   * The noise of counting light. With q the picture in 8 bits and vals the number of its different levels, up to the next
   * power of two: scale (n / vals - q), where n is a Poisson count of mean q vals.
   *
   * @param gray counted on luma, and the same in all channels
   */
  record Poisson(double scale, boolean gray) implements Noise {
    private static final int LEVELS = 256;
    private static final double RED = 0.2989;
    private static final double GREEN = 0.587;
    private static final double BLUE = 0.114;

    @Override
    public FloatPixels addedTo(FloatPixels x, NoiseFields fields) {
      byte[] levels = gray ? luma(x) : levels(x);
      int vals = vals(levels);
      PoissonTable[] ofLevel = tables(levels, vals);
      return sum(x, scale, gray, (first, row) -> {
        fields.counts(levels, first, ofLevel, row);
        for (int i = 0; i < row.length; i++) {
          row[i] = row[i] / vals - (levels[first + i] & 0xFF) / 255.0;
        }
      });
    }

    static byte[] levels(FloatPixels x) {
      byte[] levels = new byte[x.samples().length];
      for (int i = 0; i < levels.length; i++) {
        levels[i] = level(x.samples()[i]);
      }
      return levels;
    }

    static byte[] luma(FloatPixels x) {
      byte[] levels = new byte[x.width() * x.height()];
      float[] s = x.samples();
      for (int i = 0; i < levels.length; i++) {
        levels[i] = level(RED * s[3 * i] + GREEN * s[3 * i + 1] + BLUE * s[3 * i + 2]);
      }
      return levels;
    }

    private static byte level(double unit) {
      // Half to even, as PyTorch rounds.
      return (byte) (int) Math.min(Math.max(Math.rint(unit * 255), 0), 255);
    }

    private static boolean[] seen(byte[] levels) {
      boolean[] seen = new boolean[LEVELS];
      for (byte level : levels) {
        seen[level & 0xFF] = true;
      }
      return seen;
    }

    /** 2 to the power of ceil(log2(how many different levels there are)). */
    static int vals(byte[] levels) {
      int different = 0;
      for (boolean there : seen(levels)) {
        different += there ? 1 : 0;
      }
      int vals = Integer.highestOneBit(different);
      return vals == different ? vals : 2 * vals;
    }

    /** The distributions of the levels that there are. */
    private static PoissonTable[] tables(byte[] levels, int vals) {
      PoissonTable[] tables = new PoissonTable[LEVELS];
      boolean[] seen = seen(levels);
      for (int level = 0; level < LEVELS; level++) {
        tables[level] = seen[level] ? PoissonTable.of(level / 255.0 * vals) : null;
      }
      return tables;
    }
  }

  /** A row of noise. */
  interface Rows {
    /**
     * Fills the row.
     *
     * @param first the row's first element, counted from the picture's first
     */
    void fill(int first, double[] row);
  }

  private static FloatPixels sum(FloatPixels x, double scale, boolean gray, Rows noise) {
    int stride = x.width() * x.channels();
    FloatPixels out = FloatPixels.blank(x.width(), x.height(), x.channels());
    double[] row = new double[gray ? x.width() : stride];
    for (int y = 0; y < x.height(); y++) {
      noise.fill(y * row.length, row);
      for (int i = 0; i < stride; i++) {
        int at = y * stride + i;
        out.samples()[at] = (float) (x.samples()[at] + scale * row[gray ? i / x.channels() : i]);
      }
    }
    return out;
  }
}
