package io.github.tsdsr.train.diffusion;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Arithmetic;
import io.github.tsdsr.autograd.fn.Elementwise;
import io.github.tsdsr.autograd.fn.Losses;
import io.github.tsdsr.autograd.fn.Reductions;
import io.github.tsdsr.sd3.Condition;
import io.github.tsdsr.sd3.FlowMatchScheduler;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Unary;
import java.util.Arrays;

/** How well a network denoises latents, each at its own noise level: flow matching, without guidance. */
public sealed interface DiffusionLoss {
  /**
   * Noise for a batch of latents.
   *
   * @param indices the scheduler's level of each sample
   * @param noise shaped as the latents
   * @param draws u of each sample's {@link LevelWeighting}; null for a loss that has none
   */
  record Levels(int[] indices, Tensor noise, double[] draws) {
    /**
     * Those of some of the samples, without a copy.
     *
     * @param to exclusive
     */
    public Levels samples(int from, int to) {
      return new Levels(
          Arrays.copyOfRange(indices, from, to), noise.slice(0, from, to),
          draws == null ? null : Arrays.copyOfRange(draws, from, to));
    }

    /** Each sample's noise level. */
    double[] sigmas(FlowMatchScheduler scheduler) {
      return Arrays.stream(indices).mapToDouble(scheduler::sigma).toArray();
    }

    /** Each sample's time for the network. */
    double[] times(FlowMatchScheduler scheduler) {
      return Arrays.stream(indices).mapToDouble(scheduler::time).toArray();
    }
  }

  /**
   * A network asked about noised latents.
   *
   * @param clean the latents before
   * @param noised sigma noise + (1 - sigma) clean
   * @param velocity what the network predicts
   * @param sigmas each sample's level
   */
  record Prediction(Var clean, Var noise, Var noised, Var velocity, double[] sigmas, double[] draws) {}

  /** The loss of a prediction, one element. */
  Var of(Tape tape, Prediction p);

  /** Noises latents and asks the network. */
  static Prediction predict(
      Tape tape, FlowMatchScheduler scheduler, MmDit model, Adapters adapters, Tensor clean, Levels levels,
      Prompt prompt) {
    Prompt each = prompt.forBatch(levels.indices.length);
    return predict(
        tape, scheduler, model, adapters, clean, levels, tape.leaf(each.tokens()), tape.leaf(each.pooled()));
  }

  /**
   * As above, with prompts that gradients may flow to.
   *
   * @param tokens of each sample (B,S,joint_attention_dim)
   * @param pooled of each sample (B,pooled_projection_dim)
   */
  static Prediction predict(
      Tape tape, FlowMatchScheduler scheduler, MmDit model, Adapters adapters, Tensor clean, Levels levels,
      Var tokens, Var pooled) {
    double[] sigmas = levels.sigmas(scheduler);
    Var noise = tape.leaf(levels.noise());
    Var noised = FlowMatchScheduler.noised(tape, tape.leaf(clean), noise, sigmas);
    Condition condition = model.condition(tape, levels.times(scheduler), tokens, pooled, adapters);
    Var velocity = model.velocity(tape, noised, condition, adapters);
    return new Prediction(tape.leaf(clean), noise, noised, velocity, sigmas, levels.draws());
  }

  /** Eq. 9: mean (v - (noise - z))^2. */
  record Velocity() implements DiffusionLoss {
    @Override
    public Var of(Tape tape, Prediction p) {
      return Losses.mse(tape, p.velocity, Arithmetic.sub(tape, p.noise, p.clean));
    }
  }

  /**
   * The published program's: 0.5 weight mean (x0 - z)^2 with x0 = z_t - sigma v.
   *
   * @param perSample each sample's weight times its own loss; else, as the program has it, times the whole batch's
   */
  record Denoised(LevelWeighting weighting, boolean perSample) implements DiffusionLoss {
    @Override
    public Var of(Tape tape, Prediction p) {
      int n = p.sigmas.length;
      double[] weights = new double[n];
      for (int i = 0; i < n; i++) {
        weights[i] = 0.5 * weighting.of(p.sigmas[i], p.draws[i]);
      }
      if (!perSample) {
        Arrays.fill(weights, Arrays.stream(weights).sum() / n);
      }
      Var square = Elementwise.apply(
          tape, Unary.Function.SQUARE, Arithmetic.sub(tape, denoised(tape, p), p.clean));
      Var each = Reductions.mean(tape, square, 1, 2, 3);
      return Losses.mean(tape, Arithmetic.mul(tape, each, column(tape, each, weights)));
    }
  }

  /** x0 = z_t - sigma v. */
  static Var denoised(Tape tape, Prediction p) {
    return Arithmetic.sub(
        tape, p.noised, Arithmetic.mul(tape, p.velocity, column(tape, p.velocity, p.sigmas)));
  }

  private static Var column(Tape tape, Var like, double[] values) {
    return tape.leaf(
        Values.tensor(tape.scope(), like.dtype().accumulator(), values, values.length, 1, 1, 1));
  }
}
