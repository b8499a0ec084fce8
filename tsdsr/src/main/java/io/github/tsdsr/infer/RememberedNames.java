package io.github.tsdsr.infer;

import io.github.tsdsr.tensor.Storage;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;

/** Weights that remember which tensor was asked for under what name. */
final class RememberedNames implements Weights {
  private final Weights source;
  private final Map<Storage, String> names = new IdentityHashMap<>();

  RememberedNames(Weights source) {
    this.source = source;
  }

  @Override
  public Tensor get(String name, long... shape) {
    return remembered(name, source.get(name, shape));
  }

  @Override
  public Optional<Tensor> find(String name) {
    return source.find(name).map(t -> remembered(name, t));
  }

  private Tensor remembered(String name, Tensor t) {
    names.put(t.storage(), name);
    return t;
  }

  /** What the tensor on a storage is called. */
  Optional<String> nameOf(Storage storage) {
    return Optional.ofNullable(names.get(storage));
  }
}
