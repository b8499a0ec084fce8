package io.github.tsdsr.data;

/** The numbers from low to high, from which one is drawn uniformly. */
public record Range(double low, double high) {
  public Range {
    if (!(low <= high) || Double.isInfinite(low) || Double.isInfinite(high)) {
      throw new IllegalArgumentException("range " + low + " to " + high + ": expected two numbers, lower one first");
    }
  }

  /** The range of a single number. */
  public static Range exactly(double value) {
    return new Range(value, value);
  }

  /** One of them. */
  public double draw(RandomStream random) {
    return low + (high - low) * random.uniform();
  }
}
