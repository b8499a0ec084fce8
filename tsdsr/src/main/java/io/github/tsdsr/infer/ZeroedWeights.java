package io.github.tsdsr.infer;

import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import java.util.Optional;

/**
 * Weights of which some are zero.
 *
 * @param scope owns the zeros; must outlive this
 * @param prefix that the names of these begin with
 */
record ZeroedWeights(Scope scope, Weights base, String prefix) implements Weights {
  @Override
  public Tensor get(String name, long... shape) {
    return replaced(name, base.get(name, shape));
  }

  @Override
  public Optional<Tensor> find(String name) {
    return base.find(name).map(t -> replaced(name, t));
  }

  private Tensor replaced(String name, Tensor t) {
    return name.startsWith(prefix) ? scope.zeros(t.dtype(), t.shape()) : t;
  }
}
