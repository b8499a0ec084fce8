package io.github.tsdsr.autograd.optim;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Adam with decoupled weight decay (arXiv 1711.05101), see {@link io.github.tsdsr.tensor.op.AdamW}. */
public final class AdamW implements Optimiser {
  /**
   * @param beta1 how slowly the mean of the gradients moves
   * @param beta2 how slowly the mean of their squares moves
   * @param eps added to the root of the latter
   * @param decay of the weights, times the rate
   */
  public record Settings(double beta1, double beta2, double eps, double decay) {
    /** 0.9, 0.999, 1e-8 and no decay. */
    public static Settings standard() {
      return new Settings(0.9, 0.999, 1e-8, 0);
    }
  }

  private final Scope scope;
  private final Settings settings;
  private final List<Parameter> parameters;
  private final Map<String, Tensor> first = new LinkedHashMap<>();
  private final Map<String, Tensor> second = new LinkedHashMap<>();
  private long steps;

  /**
   * @param scope owns the state
   */
  public AdamW(Scope scope, Settings settings, List<Parameter> parameters) {
    this.scope = scope;
    this.settings = settings;
    this.parameters = List.copyOf(parameters);
    for (Parameter p : parameters) {
      first.put(p.name(), scope.zeros(p.value().dtype(), p.value().shape()));
      second.put(p.name(), scope.zeros(p.value().dtype(), p.value().shape()));
    }
  }

  @Override
  public void step(Function<Tensor, Optional<Tensor>> gradients, double factor, double rate) {
    steps++;
    try (Scope s = scope.inner()) {
      for (Parameter p : parameters) {
        Tensor g = gradients.apply(p.value()).orElseGet(() -> s.zeros(DType.F32, p.value().shape()));
        s.backend().run(new io.github.tsdsr.tensor.op.AdamW(
            p.value(), g, first.get(p.name()), second.get(p.name()), factor, rate, settings.beta1, settings.beta2,
            settings.eps, settings.decay, steps));
      }
    }
  }

  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    first.forEach((name, t) -> state.put("adamw.first." + name, t));
    second.forEach((name, t) -> state.put("adamw.second." + name, t));
    return state;
  }

  @Override
  public long steps() {
    return steps;
  }

  @Override
  public void resumeAt(long steps) {
    this.steps = steps;
  }
}
