package io.github.tsdsr.autograd.fn;

/** The sinusoidal embedding of a time, computed in double: in float its error would be ten times all others'. */
public final class TimeEmbedding {
  private static final double MAX_PERIOD = 10000;

  private TimeEmbedding() {}

  /**
   * [cos a_i], then [sin a_i], a_i = t exp(-ln(10000) i / h), h = dim / 2 rounded down; one zero at the end if dim is odd.
   */
  public static double[] of(double t, int dim) {
    int half = dim / 2;
    double[] y = new double[dim];
    for (int i = 0; i < half; i++) {
      double angle = t * Math.exp(-Math.log(MAX_PERIOD) * i / half);
      y[i] = Math.cos(angle);
      y[half + i] = Math.sin(angle);
    }
    return y;
  }
}
