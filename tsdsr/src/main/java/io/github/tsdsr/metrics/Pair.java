package io.github.tsdsr.metrics;

import io.github.tsdsr.pixel.BytePixels;

/** The one check of what full-reference metrics take: two RGB pictures of one size. */
final class Pair {
  private Pair() {}

  static void check(BytePixels picture, BytePixels reference) {
    if (picture.channels() != 3 || reference.channels() != 3) {
      throw new IllegalArgumentException(
          "pictures with " + picture.channels() + " and " + reference.channels() + " channels: expected 3 (RGB) each");
    }
    if (picture.width() != reference.width() || picture.height() != reference.height()) {
      throw new IllegalArgumentException("a picture of " + picture.width() + "x" + picture.height()
          + " against a reference of " + reference.width() + "x" + reference.height() + ": expected the same size");
    }
  }
}
