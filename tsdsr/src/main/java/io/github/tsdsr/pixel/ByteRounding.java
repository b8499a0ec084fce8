package io.github.tsdsr.pixel;

/** How a value in [0, 1] becomes one of 256 levels. */
public enum ByteRounding {
  /** floor(255 v): what the published program does, a mean loss of half a level each time. */
  TRUNCATE(0.0),
  /** floor(255 v + 0.5): our own rule. */
  NEAREST(0.5);

  private final double offset;

  ByteRounding(double offset) {
    this.offset = offset;
  }

  /** The level of v, which is first clamped to [0, 1]; NaN gives 0. */
  public byte ofUnit(double v) {
    // A cast takes NaN to 0 and truncates towards zero.
    return (byte) (int) (Math.min(Math.max(v, 0.0), 1.0) * 255.0 + offset);
  }
}
