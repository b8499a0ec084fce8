package io.github.tsdsr.autograd.optim;

import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.Unary;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Exponential moving averages of parameters: average = decay average + (1 - decay) value. */
public final class Ema {
  private final Scope scope;
  private final List<Parameter> parameters;
  private final Map<String, Tensor> averages = new LinkedHashMap<>();

  /**
   * @param scope owns the averages, which begin at the parameters' values
   */
  public Ema(Scope scope, List<Parameter> parameters) {
    this.scope = scope;
    this.parameters = List.copyOf(parameters);
    for (Parameter p : parameters) {
      averages.put(p.name(), scope.copy(p.value(), p.value().dtype()));
    }
  }

  /** Follows the parameters by one step. */
  public void update(double decay) {
    for (Parameter p : parameters) {
      Tensor average = averages.get(p.name());
      try (Scope s = scope.inner()) {
        Tensor share = s.empty(average.dtype(), average.shape());
        s.backend().run(Unary.affine(p.value(), 1 - decay, 0, share));
        s.backend().run(Unary.affine(average, decay, 0, average));
        s.backend().run(new Binary(Binary.Function.ADD, average, share, average));
      }
    }
  }

  /** The averages by parameter name. */
  public Map<String, Tensor> averages() {
    return averages;
  }
}
