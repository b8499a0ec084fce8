package io.github.tsdsr.sd3;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Affine;
import io.github.tsdsr.autograd.fn.Arithmetic;
import io.github.tsdsr.autograd.fn.Clamp;
import io.github.tsdsr.autograd.fn.Elementwise;
import io.github.tsdsr.autograd.fn.Reductions;
import io.github.tsdsr.autograd.fn.View;
import io.github.tsdsr.tensor.op.Unary;

/**
 * What an autoencoder says about a picture's latent: independent normal distributions.
 *
 * @param mean (N,h,w,C)
 * @param logVariance (N,h,w,C), clamped to [-30,20]
 */
public record LatentDistribution(Var mean, Var logVariance) {
  private static final double LEAST = -30;
  private static final double MOST = 20;

  /** From {@link Vae#moments} (N,h,w,2C): the first half of the channels is the mean. */
  public static LatentDistribution of(Tape tape, Var moments) {
    return new LatentDistribution(
        View.chunk(tape, moments, 3, 0, 2), Clamp.apply(tape, View.chunk(tape, moments, 3, 1, 2), LEAST, MOST));
  }

  /** exp(logVariance / 2). */
  public Var deviation(Tape tape) {
    return Elementwise.apply(tape, Unary.Function.EXP, Affine.apply(tape, logVariance, 0.5, 0));
  }

  /**
   * mean + deviation noise.
   *
   * @param noise standard normal numbers, shaped as the mean
   */
  public Var sample(Tape tape, Var noise) {
    return Arithmetic.add(tape, mean, Arithmetic.mul(tape, deviation(tape), noise));
  }

  /**
   * The divergence from the standard normal distribution, 0.5 sum(mean^2 + exp(logVariance) - 1 - logVariance) of each
   * sample: (N,1,1,1).
   */
  public Var kl(Tape tape) {
    Var square = Elementwise.apply(tape, Unary.Function.SQUARE, mean);
    Var variance = Elementwise.apply(tape, Unary.Function.EXP, logVariance);
    Var sum = Arithmetic.sub(tape, Arithmetic.add(tape, square, variance), logVariance);
    return Reductions.sum(tape, Affine.apply(tape, sum, 0.5, -0.5), 1, 2, 3);
  }
}
