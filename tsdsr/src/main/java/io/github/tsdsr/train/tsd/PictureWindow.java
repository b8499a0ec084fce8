package io.github.tsdsr.train.tsd;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.View;
import io.github.tsdsr.tensor.Tensor;

/**
 * The part of a picture that the perceptual loss sees. Networks with strides look at some pixels more than at others, always
 * the same ones of a crop; a window that moves at random by a few pixels from step to step shares that out.
 *
 * @param top its first row
 * @param left its first column
 */
public record PictureWindow(int top, int left, int height, int width) {
  /** All of a picture (B,H,W,C). */
  public static PictureWindow whole(Tensor picture) {
    return new PictureWindow(0, 0, Math.toIntExact(picture.size(1)), Math.toIntExact(picture.size(2)));
  }

  /** The window of a picture (B,H,W,C). */
  Var of(Tape tape, Var picture) {
    return View.slice(tape, View.slice(tape, picture, 1, top, top + height), 2, left, left + width);
  }
}
