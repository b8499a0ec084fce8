package io.github.tsdsr.train.distill;

import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.tensor.Tensor;

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
 */
public record Draw(
    Tensor degraded, Tensor clean, Tensor target, Prompt prompt, Tensor posteriorNoise, Tensor noise, int[] indices,
    int[] bias) {}
