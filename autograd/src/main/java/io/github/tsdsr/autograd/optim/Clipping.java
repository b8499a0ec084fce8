package io.github.tsdsr.autograd.optim;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Reduce;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;

/**
 * The joint norm of several gradients, and by what they are multiplied so that it is at most a bound.
 *
 * @param norm of all gradients together, before clipping
 * @param factor min(1, bound / (norm + 1e-6))
 * @param firstNonFinite the first parameter whose gradient holds an infinity or a NaN; empty if none does
 */
public record Clipping(double norm, double factor, Optional<String> firstNonFinite) {
  /** Measures; parameters without a gradient count as zero. */
  public static Clipping of(
      Backend backend, Collection<Parameter> parameters, Function<Tensor, Optional<Tensor>> gradients, double bound) {
    double squares = 0;
    Optional<String> bad = Optional.empty();
    for (Parameter p : parameters) {
      Optional<Tensor> g = gradients.apply(p.value());
      if (g.isPresent()) {
        double own = sumOfSquares(backend, g.get());
        if (bad.isEmpty() && !Double.isFinite(own)) {
          bad = Optional.of(p.name());
        }
        squares += own;
      }
    }
    double norm = Math.sqrt(squares);
    return new Clipping(norm, Math.min(1, bound / (norm + 1e-6)), bad);
  }

  private static double sumOfSquares(Backend backend, Tensor g) {
    try (Scope s = Scope.on(backend)) {
      Tensor flat = s.reshaped(g, g.count());
      Tensor sum = s.empty(g.dtype() == DType.F64 ? DType.F64 : DType.F32, 1);
      backend.run(new Reduce(Reduce.Function.SUM_OF_SQUARES, flat, sum));
      return Values.scalar(backend, sum);
    }
  }
}
