package io.github.tsdsr.infer;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Storage;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Weights as the networks get them: vectors (biases, norms) widened to F32, which kernels want and which costs next to
 * nothing, the rest in the type of its file. Remembers what each tensor is called.
 */
final class PreparedWeights implements Weights {
  private final Weights source;
  private final Scope scope;
  private final Map<String, Tensor> widened = new HashMap<>();
  private final Map<Storage, String> names = new IdentityHashMap<>();

  /**
   * @param source must outlive this
   * @param scope owns the widened vectors
   */
  PreparedWeights(Weights source, Scope scope) {
    this.source = source;
    this.scope = scope;
  }

  @Override
  public Tensor get(String name, long... shape) {
    return prepared(name, source.get(name, shape));
  }

  @Override
  public Optional<Tensor> find(String name) {
    return source.find(name).map(t -> prepared(name, t));
  }

  private Tensor prepared(String name, Tensor t) {
    boolean narrow = t.dtype() == DType.F16 || t.dtype() == DType.BF16;
    Tensor prepared = t.rank() == 1 && narrow
        ? widened.computeIfAbsent(name, _ -> scope.copy(t, DType.F32))
        : t;
    names.put(prepared.storage(), name);
    return prepared;
  }

  /** What the tensor on a storage is called. */
  Optional<String> nameOf(Storage storage) {
    return Optional.ofNullable(names.get(storage));
  }
}
