package io.github.tsdsr.infer.resize;

/** For every output of one side: the first input that it reads, and the weights from there on, whose sum is 1. */
final class PillowWindows {
  private final int[] first;
  private final double[][] exact;

  /**
   * @param from inputs along the side
   * @param to outputs along it
   */
  PillowWindows(int from, int to, PillowFilter filter) {
    first = new int[to];
    exact = new double[to][];
    double scale = (double) from / to;
    double stretch = Math.max(scale, 1.0);
    double support = filter.radius * stretch;
    for (int i = 0; i < to; i++) {
      double centre = (i + 0.5) * scale;
      int low = Math.max((int) (centre - support + 0.5), 0);
      int high = Math.min((int) (centre + support + 0.5), from);
      double[] weights = new double[high - low];
      double total = 0;
      for (int j = low; j < high; j++) {
        weights[j - low] = filter.kernel((j - centre + 0.5) / stretch);
        total += weights[j - low];
      }
      for (int j = 0; j < weights.length; j++) {
        weights[j] /= total;
      }
      first[i] = low;
      exact[i] = weights;
    }
  }

  int first(int output) {
    return first[output];
  }

  /** One past the last input that an output reads. */
  int end(int output) {
    return first[output] + exact[output].length;
  }

  float[][] weights() {
    float[][] weights = new float[exact.length][];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = new float[exact[i].length];
      for (int j = 0; j < weights[i].length; j++) {
        weights[i][j] = (float) exact[i][j];
      }
    }
    return weights;
  }

  /** In fixed point with so many binary places, rounded half away from zero. */
  int[][] fixed(int bits) {
    int[][] weights = new int[exact.length][];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = new int[exact[i].length];
      for (int j = 0; j < weights[i].length; j++) {
        double scaled = exact[i][j] * (1 << bits);
        weights[i][j] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
      }
    }
    return weights;
  }
}
