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
      int pixels = x.width() * x.height();
      double[] field = fields.normal(gray ? pixels : pixels * x.channels());
      return sum(x, field, sigma / 255);
    }
  }

  /**
   * The noise of counting light. With q the picture in 8 bits and vals the number of its different levels, up to the next
   * power of two: scale (n / vals - q), where n is a Poisson count of mean q vals.
   *
   * @param gray counted on luma, and the same in all channels
   */
  record Poisson(double scale, boolean gray) implements Noise {
    private static final double RED = 0.2989;
    private static final double GREEN = 0.587;
    private static final double BLUE = 0.114;

    @Override
    public FloatPixels addedTo(FloatPixels x, NoiseFields fields) {
      int[] levels = gray ? luma(x) : levels(x);
      int vals = vals(levels);
      double[] field = fields.counts(levels, vals);
      for (int i = 0; i < field.length; i++) {
        field[i] = field[i] / vals - levels[i] / 255.0;
      }
      return sum(x, field, scale);
    }

    static int[] levels(FloatPixels x) {
      int[] levels = new int[x.samples().length];
      for (int i = 0; i < levels.length; i++) {
        levels[i] = level(x.samples()[i]);
      }
      return levels;
    }

    static int[] luma(FloatPixels x) {
      int[] levels = new int[x.width() * x.height()];
      float[] s = x.samples();
      for (int i = 0; i < levels.length; i++) {
        levels[i] = level(RED * s[3 * i] + GREEN * s[3 * i + 1] + BLUE * s[3 * i + 2]);
      }
      return levels;
    }

    private static int level(double unit) {
      // Half to even, as PyTorch rounds.
      return (int) Math.min(Math.max(Math.rint(unit * 255), 0), 255);
    }

    /** 2 to the power of ceil(log2(how many different levels there are)). */
    static int vals(int[] levels) {
      boolean[] seen = new boolean[256];
      int different = 0;
      for (int level : levels) {
        different += seen[level] ? 0 : 1;
        seen[level] = true;
      }
      int vals = Integer.highestOneBit(different);
      return vals == different ? vals : 2 * vals;
    }
  }

  private static FloatPixels sum(FloatPixels x, double[] field, double scale) {
    FloatPixels out = FloatPixels.blank(x.width(), x.height(), x.channels());
    boolean shared = field.length < x.samples().length;
    for (int i = 0; i < out.samples().length; i++) {
      out.samples()[i] = (float) (x.samples()[i] + scale * field[shared ? i / x.channels() : i]);
    }
    return out;
  }
}
