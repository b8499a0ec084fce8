package io.github.tsdsr.data;

import io.github.tsdsr.pixel.BytePixels;

/** What makes a clean picture small and bad. Safe for several threads. */
public interface Degradation {
  /** By how much the sides shrink. */
  int scale();

  /**
   * The degraded picture, smaller by the scale.
   *
   * @param random decides everything that is drawn: the same stream gives the same bytes
   * @throws IllegalArgumentException if it is not RGB, or has a size that cannot be shrunk so
   */
  BytePixels degrade(BytePixels clean, RandomStream random);
}
