package io.github.tsdsr.sd3;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Copy;
import io.github.tsdsr.tensor.op.Formula;
import java.util.Arrays;

/**
 * Sampling in several steps with classifier-free guidance: v = v_null + guidance (v_text - v_null), Euler steps along the
 * scheduler's levels. Both velocities come from one pass over a batch of twice the size, the empty prompt first.
 */
public final class GuidedSampler {
  /**
   * Embedded prompts.
   *
   * @param tokens (B,S,joint_attention_dim), of the activations' type
   * @param pooled (B,pooled_projection_dim)
   */
  public record Prompt(Tensor tokens, Tensor pooled) {}

  /** What is told after each step; may throw to end the sampling. */
  @FunctionalInterface
  public interface Listener {
    /** Hears nothing. */
    Listener NONE = (_, _, _) -> {};

    /**
     * @param done steps that are done
     * @param velocity the guided velocity of the last one (B,h,w,C), valid during the call
     * @param latent the latent after it (B,h,w,C), which the next step overwrites
     */
    void stepped(int done, Tensor velocity, Tensor latent);
  }

  private final MmDit model;
  private final FlowMatchScheduler scheduler;
  private final double guidance;

  /**
   * @param guidance 1 follows the prompt as it is, and the empty prompt is not computed
   */
  public GuidedSampler(MmDit model, FlowMatchScheduler scheduler, double guidance) {
    this.model = model;
    this.scheduler = scheduler;
    this.guidance = guidance;
  }

  /**
   * The latent at level 0.
   *
   * @param scope owns it
   * @param noise the latent at level 1 (B,h,w,C), which stays as it is
   * @param text what to show
   * @param nothing the empty prompt; for a guidance of 1 null will do
   */
  public Tensor sample(
      Scope scope, Tensor noise, Prompt text, Prompt nothing, int steps, Adapters adapters, Listener listener) {
    FlowMatchScheduler.Steps schedule = scheduler.steps(steps);
    Tensor latent = scope.copy(noise, noise.dtype());
    for (int i = 0; i < steps; i++) {
      try (Scope step = scope.inner()) {
        Tensor v = velocity(step, latent, text, nothing, schedule.times()[i], adapters);
        schedule.euler(step.backend(), i, latent, v);
        listener.stepped(i + 1, v, latent);
      }
    }
    return latent;
  }

  /**
   * The guided velocity.
   *
   * @param scope owns it
   * @param time the scheduler's, 1000 sigma
   */
  public Tensor velocity(
      Scope scope, Tensor latent, Prompt text, Prompt nothing, double time, Adapters adapters) {
    if (guidance == 1) {
      return predict(scope, latent, text, time, adapters);
    }
    try (Scope inner = scope.inner()) {
      Prompt both = new Prompt(
          stacked(inner, nothing.tokens(), text.tokens()), stacked(inner, nothing.pooled(), text.pooled()));
      Tensor v = predict(inner, stacked(inner, latent, latent), both, time, adapters);
      Formula f = new Formula(inner.backend(), inner, v.dtype().accumulator());
      Tensor without = v.chunk(0, 0, 2);
      Tensor towards = f.affine(f.sub(v.chunk(0, 1, 2), without), guidance, 0);
      return inner.outward(f.add(without, towards));
    }
  }

  private Tensor predict(Scope scope, Tensor latent, Prompt prompt, double time, Adapters adapters) {
    try (Scope inner = scope.inner()) {
      Tape tape = Tape.inference(inner);
      double[] times = new double[Math.toIntExact(prompt.tokens().size(0))];
      Arrays.fill(times, time);
      Condition condition =
          model.condition(tape, times, tape.leaf(prompt.tokens()), tape.leaf(prompt.pooled()), adapters);
      Var v = model.velocity(tape, tape.leaf(latent), condition, adapters);
      return inner.outward(v.value());
    }
  }

  /** One batch after the other. */
  private static Tensor stacked(Scope scope, Tensor first, Tensor second) {
    DType dtype = first.dtype();
    long[] shape = first.shape();
    shape[0] = first.size(0) + second.size(0);
    Tensor both = scope.empty(dtype, shape);
    scope.backend().run(new Copy(first, both.slice(0, 0, first.size(0))));
    scope.backend().run(new Copy(second, both.slice(0, first.size(0), shape[0])));
    return both;
  }
}
