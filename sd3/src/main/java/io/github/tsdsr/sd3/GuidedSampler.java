package io.github.tsdsr.sd3;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.util.Arrays;

/**
 * Sampling in several steps with classifier-free guidance: Euler steps along the scheduler's levels.
 */
public final class GuidedSampler {
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
  private final Guidance guidance;

  /** Samples with this model along this scheduler's levels. */
  public GuidedSampler(MmDit model, FlowMatchScheduler scheduler, Guidance guidance) {
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
    double[] times = new double[Math.toIntExact(latent.size(0))];
    Arrays.fill(times, time);
    return guidance.velocity(scope, model, adapters, latent, times, text, nothing);
  }
}
