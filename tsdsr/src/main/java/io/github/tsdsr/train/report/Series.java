package io.github.tsdsr.train.report;

import java.util.Arrays;

/**
 * A named sequence of points, from left to right.
 *
 * @param x ascending
 * @param y as many, all finite
 */
public record Series(String name, double[] x, double[] y) {
  public Series {
    if (x.length != y.length) {
      throw new IllegalArgumentException("a series of " + x.length + " places and " + y.length + " values");
    }
  }

  int size() {
    return x.length;
  }

  /** The mean of each point and its neighbours up to {@code radius} away, fewer towards the ends. */
  Series smoothed(int radius) {
    double[] out = new double[y.length];
    for (int i = 0; i < out.length; i++) {
      int reach = Math.min(radius, Math.min(i, out.length - 1 - i));
      double sum = 0;
      for (int j = i - reach; j <= i + reach; j++) {
        sum += y[j];
      }
      out[i] = sum / (2 * reach + 1);
    }
    return new Series(name, x, out);
  }

  /** At most {@code most} points: of each run of neighbours the middle place and the mean value. */
  Series thinned(int most) {
    if (size() <= most) {
      return this;
    }
    double[] places = new double[most];
    double[] values = new double[most];
    for (int i = 0; i < most; i++) {
      int from = (int) ((long) i * size() / most);
      int to = (int) ((long) (i + 1) * size() / most);
      places[i] = (x[from] + x[to - 1]) / 2;
      values[i] = Arrays.stream(y, from, to).average().orElseThrow();
    }
    // The ends stay, so that the curve spans the whole axis and ends at the latest step.
    places[0] = x[0];
    places[most - 1] = x[size() - 1];
    return new Series(name, places, values);
  }

  /** At most {@code 2 most} points that reach as far up and down as all of them. */
  Series envelope(int most) {
    if (size() <= 2 * most) {
      return this;
    }
    double[] places = new double[2 * most];
    double[] values = new double[2 * most];
    for (int i = 0; i < most; i++) {
      int from = (int) ((long) i * size() / most);
      int to = (int) ((long) (i + 1) * size() / most);
      places[2 * i] = x[from];
      places[2 * i + 1] = x[to - 1];
      values[2 * i] = Arrays.stream(y, from, to).min().orElseThrow();
      values[2 * i + 1] = Arrays.stream(y, from, to).max().orElseThrow();
    }
    return new Series(name, places, values);
  }
}
