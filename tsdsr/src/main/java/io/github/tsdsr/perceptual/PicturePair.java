package io.github.tsdsr.perceptual;

import io.github.tsdsr.autograd.Var;
import java.util.Arrays;

/** The one check of what perceptual losses take: two batches (N,H,W,3) of one shape, large enough. */
final class PicturePair {
  private PicturePair() {}

  static void check(String measure, int smallestSide, Var image, Var target) {
    long[] shape = image.shape();
    if (shape.length != 4 || shape[3] != 3 || !image.value().sameShape(target.value())) {
      throw new IllegalArgumentException(measure + " of " + Arrays.toString(shape) + " and "
          + Arrays.toString(target.shape()) + ": expected two batches of pictures of one shape (N,H,W,3)");
    }
    if (shape[1] < smallestSide || shape[2] < smallestSide) {
      throw new IllegalArgumentException(measure + " of pictures of " + shape[2] + "x" + shape[1]
          + ": expected at least " + smallestSide + "x" + smallestSide);
    }
  }
}
