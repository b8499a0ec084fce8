package io.github.tsdsr.autograd;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Storage;
import io.github.tsdsr.tensor.Tensor;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;

/** The gradients of a tape's leaves after a backward pass. Owns their storages until it is closed. */
public final class Grads implements Gradients {
  private final Backend backend;
  private final DType dtype;
  private final Map<Var, Tensor> byVar = new IdentityHashMap<>();
  private final Map<Tensor, Var> leaves = new HashMap<>();

  Grads(Backend backend, DType dtype) {
    this.backend = backend;
    this.dtype = dtype;
  }

  /** The gradients' type: what the seeds accumulate in. */
  public DType dtype() {
    return dtype;
  }

  /** The gradient of a leaf; empty if nothing that was seeded depends on it (mathematically zero). */
  public Optional<Tensor> of(Var leaf) {
    return Optional.ofNullable(byVar.get(leaf));
  }

  @Override
  public Optional<Tensor> of(Tensor leaf) {
    return Optional.ofNullable(leaves.get(leaf)).flatMap(this::of);
  }

  boolean has(Var v) {
    return byVar.containsKey(v);
  }

  Tensor get(Var v) {
    return byVar.get(v);
  }

  /** The gradient's storage, new with undefined contents the first time. */
  Tensor buffer(Var v) {
    return byVar.computeIfAbsent(v, _ -> {
      Tensor shape = v.value();
      Storage storage = backend.allocate(shape.count() * dtype.bytes());
      return Tensor.of(storage, dtype, shape.shape());
    });
  }

  void nameLeaf(Tensor t, Var v) {
    leaves.put(t, v);
  }

  void drop(Var v) {
    Tensor t = byVar.remove(v);
    if (t != null) {
      t.storage().release();
    }
  }

  @Override
  public void close() {
    byVar.values().forEach(t -> t.storage().release());
    byVar.clear();
  }
}
