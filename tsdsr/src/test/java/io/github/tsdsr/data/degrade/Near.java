package io.github.tsdsr.data.degrade;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tsdsr.pixel.FloatPixels;

/** Comparison of pictures. */
final class Near {
  private Near() {}

  static void assertNear(FloatPixels want, FloatPixels got, double tolerance) {
    assertEquals(want.width() + "x" + want.height() + "x" + want.channels(),
        got.width() + "x" + got.height() + "x" + got.channels());
    assertArrayEquals(want.samples(), got.samples(), (float) tolerance);
  }
}
