package io.github.tsdsr.train.network;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Arithmetic;
import io.github.tsdsr.infer.OneStepModel;
import io.github.tsdsr.sd3.Condition;
import io.github.tsdsr.sd3.LatentDistribution;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.tensor.Tensor;

/**
 * The one-step student G: z_L = E(x_L), zhat = z_L - v(z_L, t = 1000) under a prompt that never changes.
 *
 * @param encoder its encoder is used
 * @param encoderAdapters of the encoder
 * @param adapters of the transformer
 * @param prompt for one sample
 */
public record Student(
    Vae encoder, Adapters encoderAdapters, MmDit transformer, Adapters adapters, Prompt prompt) {
  /**
   * What a pass computes, each (B,h,w,C), the moments with 2C channels.
   *
   * @param latent z_L
   * @param zhat z_L - velocity
   */
  public record Pass(Var moments, Var latent, Var velocity, Var zhat) {}

  /** An encoder's mean, scaled as the transformer takes it: the latent of pictures (B,H,W,3) with values in [-1,1]. */
  public static Var latent(Tape tape, Vae encoder, Adapters adapters, Var pictures) {
    return tape.scoped(
        () -> encoder.scaled(tape, encoder.mean(tape, encoder.moments(tape, pictures, adapters))));
  }

  /**
   * Runs the student.
   *
   * @param degraded pictures x_L (B,H,W,3) with values in [-1,1]
   * @param posteriorNoise if given, the latent is the sample that it makes (B,h,w,C); null for the mean
   */
  public Pass apply(Tape tape, Var degraded, Tensor posteriorNoise) {
    Var moments = encoder.moments(tape, degraded, encoderAdapters);
    Var unscaled = posteriorNoise == null
        ? encoder.mean(tape, moments)
        : LatentDistribution.of(tape, moments).sample(tape, tape.leaf(posteriorNoise));
    Var latent = encoder.scaled(tape, unscaled);
    Condition condition = transformer.condition(
        tape, new double[] {OneStepModel.TIME}, tape.leaf(prompt.tokens()), tape.leaf(prompt.pooled()), adapters);
    Var velocity = transformer.velocity(tape, latent, condition, adapters);
    return new Pass(moments, latent, velocity, Arithmetic.sub(tape, latent, velocity));
  }
}
