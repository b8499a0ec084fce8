package io.github.tsdsr.autograd.nn;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;

/**
 * Group norm of pictures.
 *
 * @param weight (C)
 * @param bias (C)
 */
public record GroupNorm(Tensor weight, Tensor bias, int groups, double eps) {
  /** Takes {@code name.weight} and {@code name.bias}. */
  public static GroupNorm load(Weights w, String name, long channels, int groups, double eps) {
    return new GroupNorm(w.get(name + ".weight", channels), w.get(name + ".bias", channels), groups, eps);
  }

  /**
   * @param x (N,H,W,C)
   * @param silu whether SiLU follows
   * @return as x
   */
  public Var apply(Tape tape, Var x, boolean silu) {
    return io.github.tsdsr.autograd.fn.GroupNorm.apply(
        tape, x, tape.leaf(weight), tape.leaf(bias), groups, eps, silu);
  }
}
