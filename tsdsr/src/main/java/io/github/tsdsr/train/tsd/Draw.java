package io.github.tsdsr.train.tsd;

import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.tensor.Tensor;
import java.util.Arrays;

/**
 * Pictures and noise of one student's step.
 *
 * @param degraded x_L (B,H,W,3), values in [-1,1]
 * @param clean x_H (B,H,W,3), values in [-1,1]
 * @param target the clean photos' latents (B,h,w,C), scaled
 * @param prompt for teacher and LoRA model, for B samples or one
 * @param posteriorNoise (B,h,w,C), for rules that sample the student's latent; else null will do
 * @param noise (B,h,w,C), the same for the student's latent and the target
 * @param indices each sample's first noise level
 * @param bias by how much each sample's trajectory ends later
 * @param window what the perceptual loss sees of the pictures
 */
public record Draw(
    Tensor degraded, Tensor clean, Tensor target, Prompt prompt, Tensor posteriorNoise, Tensor noise, int[] indices,
    int[] bias, PictureWindow window) {
  /** How many samples. */
  public int count() {
    return indices.length;
  }

  /**
   * Some of the samples, without a copy.
   *
   * @param to exclusive
   */
  public Draw samples(int from, int to) {
    return new Draw(
        degraded.slice(0, from, to), clean.slice(0, from, to), target.slice(0, from, to),
        prompt.tokens().size(0) == 1 ? prompt
            : new Prompt(prompt.tokens().slice(0, from, to), prompt.pooled().slice(0, from, to)),
        posteriorNoise == null ? null : posteriorNoise.slice(0, from, to), noise.slice(0, from, to),
        Arrays.copyOfRange(indices, from, to), Arrays.copyOfRange(bias, from, to), window);
  }
}
