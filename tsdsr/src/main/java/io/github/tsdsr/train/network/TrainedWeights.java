package io.github.tsdsr.train.network;

import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.train.start.NamedArrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A network's weights on a backend in F32, as tensors that a trainer updates in place. */
public final class TrainedWeights {
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  /** Uploads a starting point. */
  public static TrainedWeights of(Scope scope, NamedArrays start) {
    TrainedWeights w = new TrainedWeights();
    start.arrays().forEach((name, values) -> w.tensors.put(name,
        Values.tensor(scope, DType.F32, values, start.shapes().get(name).shape())));
    return w;
  }

  /** Adds a tensor of the network, or one that belongs to no network, such as a learned prompt. */
  public void add(String name, Tensor t) {
    tensors.put(name, t);
  }

  /** All tensors by name, to be updated in place. */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /**
   * The tensors as a network takes them.
   *
   * @param where what an error calls them
   */
  public Weights weights(String where) {
    return Weights.of(where, tensors);
  }

  /** Those of the tensors that are trained. */
  public List<Parameter> parameters(Predicate<String> trained) {
    return tensors.entrySet().stream()
        .filter(e -> trained.test(e.getKey()))
        .map(e -> new Parameter(e.getKey(), e.getValue()))
        .toList();
  }
}
