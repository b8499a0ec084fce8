package io.github.tsdsr.perceptual;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;

/** How far a picture looks from another, as a loss: 0 for equal pictures, differentiable in the first. */
@FunctionalInterface
public interface PerceptualLoss {
  /**
   * Compares pictures one by one.
   *
   * @param image (N,H,W,3), values about [-1,1], neither clamped nor scaled by the loss
   * @param target as image; it gets no gradient unless its leaf is wanted
   * @return the mean over the batch, one element, of any rank
   */
  Var apply(Tape tape, Var image, Var target);
}
