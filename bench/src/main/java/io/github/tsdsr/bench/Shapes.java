package io.github.tsdsr.bench;

import java.util.Arrays;

/** Sizes written as benchmark parameters. */
final class Shapes {
  private Shapes() {}

  /** {@code 1178x1536x1536}. */
  static long[] parse(String text) {
    return Arrays.stream(text.split("x")).mapToLong(Long::parseLong).toArray();
  }
}
