package io.github.tsdsr.autograd.nn;

import io.github.tsdsr.autograd.Adapter;
import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Affine;
import io.github.tsdsr.autograd.fn.Arithmetic;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import java.util.Optional;

/**
 * y = x w^T + bias, plus scale B(A x) where an adapter is on it.
 *
 * @param name the module's name, which adapters know
 * @param weight (O,I)
 * @param bias (O), or null
 */
public record Linear(String name, Tensor weight, Tensor bias) {
  /** Takes {@code name.weight} and, if it has one, {@code name.bias}. */
  public static Linear load(Weights w, String name, long out, long in, boolean bias) {
    return new Linear(name, w.get(name + ".weight", out, in), bias ? w.get(name + ".bias", out) : null);
  }

  /**
   * @param x (..., I)
   * @return (..., O)
   */
  public Var apply(Tape tape, Var x, Adapters adapters) {
    Optional<Adapter> adapter = adapters.on(name);
    if (adapter.isEmpty()) {
      return base(tape, x);
    }
    return tape.scoped(() -> {
      Adapter a = adapter.get();
      Var low = io.github.tsdsr.autograd.fn.Linear.apply(tape, x, tape.leaf(a.a()), null);
      Var scaled = a.scale() == 1 ? low : Affine.apply(tape, low, a.scale(), 0);
      Var more = io.github.tsdsr.autograd.fn.Linear.apply(tape, scaled, tape.leaf(a.b()), null);
      return Arithmetic.add(tape, base(tape, x), more);
    });
  }

  private Var base(Tape tape, Var x) {
    return io.github.tsdsr.autograd.fn.Linear.apply(tape, x, tape.leaf(weight), bias == null ? null : tape.leaf(bias));
  }
}
