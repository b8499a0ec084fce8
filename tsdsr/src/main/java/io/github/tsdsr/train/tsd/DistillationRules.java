package io.github.tsdsr.train.tsd;

import io.github.tsdsr.sd3.Guidance;
import io.github.tsdsr.train.diffusion.DiffusionLoss;
import io.github.tsdsr.train.diffusion.LevelWeighting;

/**
 * Where the paper and the published program differ, and what both leave to choose.
 *
 * @param samplePosterior the student's latent is a sample of the encoder's distribution; else its mean
 * @param sharedLevels the first sample's trajectory steers the whole batch, though each sample is noised at its own level
 * @param clampPicture the decoded picture is clamped before the perceptual loss
 * @param lambda how much of TSD is VSD; the rest is TSM
 * @param guidance of all predictions along the trajectory
 * @param gamma2 the weight of the TSD loss
 * @param loraLoss what trains the LoRA model
 */
public record DistillationRules(
    boolean samplePosterior, boolean sharedLevels, boolean clampPicture, double lambda, Guidance guidance,
    double gamma2, DiffusionLoss loraLoss) {
  /** The published lambda. */
  public static final double LAMBDA = 0.7;
  /** The published guidance. */
  public static final double GUIDANCE = 7.5;

  /** As the paper has it. */
  public static DistillationRules paper() {
    return new DistillationRules(
        false, false, false, LAMBDA, new Guidance(GUIDANCE, true), 1, new DiffusionLoss.Velocity());
  }

  /** As the published program does it, but that its TSD loss reaches the student. */
  public static DistillationRules program() {
    return new DistillationRules(
        true, true, true, LAMBDA, new Guidance(GUIDANCE, true), 1,
        new DiffusionLoss.Denoised(LevelWeighting.LOGIT_NORMAL, false));
  }

  /** Whether a network is asked under the empty prompt. */
  public boolean asksNothing() {
    return gamma2 != 0 && guidance.scale() != 1;
  }

  /** With another guidance. */
  public DistillationRules with(Guidance other) {
    return new DistillationRules(samplePosterior, sharedLevels, clampPicture, lambda, other, gamma2, loraLoss);
  }
}
