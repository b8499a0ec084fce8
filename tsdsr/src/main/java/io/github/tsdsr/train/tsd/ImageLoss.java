package io.github.tsdsr.train.tsd;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Grads;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Clamp;
import io.github.tsdsr.perceptual.PerceptualLoss;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.train.step.StepListener;
import io.github.tsdsr.train.step.StepPart;
import java.util.Map;
import java.util.Set;

/**
 * The perceptual loss of the picture that a frozen decoder makes of the student's latent.
 *
 * @param clamp whether the picture is cut off at [-1,1] before, so that no gradient comes from outside
 */
public record ImageLoss(Vae vae, PerceptualLoss perceptual, boolean clamp) {
  /**
   * The loss of zhat.
   *
   * @param scope owns the gradient
   * @param zhat the student's latent (B,h,w,C)
   * @param clean the photo (B,H,W,3) with values in [-1,1]
   * @param window what is compared of both
   * @param parts hears of the way forward and back
   */
  public LatentLoss loss(Scope scope, Tensor zhat, Tensor clean, PictureWindow window, StepListener parts) {
    try (Scope inner = scope.inner();
        Tape tape = new Tape(inner, Set.of(zhat))) {
      parts.entered(StepPart.PICTURE);
      Var decoded = vae.decode(tape, vae.unscaled(tape, tape.leaf(zhat)), Adapters.NONE);
      Var loss = ofPicture(tape, window.of(tape, decoded), window.of(tape, tape.leaf(clean)));
      parts.entered(StepPart.PICTURE_GRADIENT);
      Tensor seed = inner.full(1, zhat.dtype().accumulator(), loss.shape());
      try (Grads grads = tape.backward(Map.of(loss, seed))) {
        return new LatentLoss(
            Values.scalar(inner.backend(), loss.value()), scope.keep(grads.of(zhat).orElseThrow()));
      }
    }
  }

  /** The loss of a decoded picture. */
  Var ofPicture(Tape tape, Var decoded, Var clean) {
    return perceptual.apply(tape, clamp ? Clamp.apply(tape, decoded, -1, 1) : decoded, clean);
  }
}
