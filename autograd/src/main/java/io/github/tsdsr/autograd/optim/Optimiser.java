package io.github.tsdsr.autograd.optim;

import io.github.tsdsr.tensor.Tensor;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Updates parameters from their gradients. */
public interface Optimiser {
  /**
   * One step. A parameter without a gradient is treated as one whose gradient is zero: it decays and its moments fade.
   *
   * @param gradients the gradient of a parameter's tensor
   * @param factor what all gradients are multiplied with, from clipping
   * @param rate the learning rate of this step
   */
  void step(Function<Tensor, Optional<Tensor>> gradients, double factor, double rate);

  /** The tensors to be saved and restored, by name; together with {@link #steps} they are all there is. */
  Map<String, Tensor> state();

  /** Steps taken. */
  long steps();

  /** Continues after a number of steps, when {@link #state} has been restored. */
  void resumeAt(long steps);
}
