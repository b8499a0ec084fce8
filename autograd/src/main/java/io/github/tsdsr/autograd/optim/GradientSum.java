package io.github.tsdsr.autograd.optim;

import io.github.tsdsr.autograd.Gradients;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Binary;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The gradients of several backward passes added up: what an optimiser takes after a large batch that went through in
 * parts. A pass's share belongs into its seeds.
 */
public final class GradientSum implements Gradients {
  private final Scope scope;
  private final Map<Tensor, Tensor> sums = new HashMap<>();

  /** No gradients yet. */
  public GradientSum(Backend backend) {
    scope = Scope.on(backend);
  }

  /** Adds the gradients of these parameters; takes over those of the first pass instead of copying them. */
  public void add(Gradients grads, Collection<Parameter> parameters) {
    for (Parameter p : parameters) {
      grads.of(p.value()).ifPresent(g -> {
        Tensor sum = sums.putIfAbsent(p.value(), g);
        if (sum == null) {
          scope.keep(g);
        } else {
          scope.backend().run(new Binary(Binary.Function.ADD, sum, g, sum));
        }
      });
    }
  }

  @Override
  public Optional<Tensor> of(Tensor parameter) {
    return Optional.ofNullable(sums.get(parameter));
  }

  @Override
  public void close() {
    sums.clear();
    scope.close();
  }
}
