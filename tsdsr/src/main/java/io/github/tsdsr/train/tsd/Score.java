package io.github.tsdsr.train.tsd;

import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;

/** A frozen network with its prompts and guidance: what it says about a noised latent. No gradient flows through it. */
@FunctionalInterface
public interface Score {
  /**
   * The predicted velocity noise - data (B,h,w,C).
   *
   * @param scope owns it
   * @param latent (B,h,w,C)
   * @param times the scheduler's time of each sample, 1000 sigma
   */
  Tensor velocity(Scope scope, Tensor latent, double[] times);
}
