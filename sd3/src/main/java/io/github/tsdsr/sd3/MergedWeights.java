package io.github.tsdsr.sd3;

import io.github.tsdsr.autograd.Adapter;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.op.Copy;
import io.github.tsdsr.tensor.op.MatMul;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Base weights with adapters added once: W + scale B A, for a convolution W + scale reshape(B A). Merged weights are kept in
 * the accumulator's type of the activations (F32, or F64), since adding to BF16 would lose what is below 2^-9 of a weight;
 * weights without an adapter are the base's own.
 */
public final class MergedWeights implements Weights {
  private static final String WEIGHT = ".weight";

  private final Weights base;
  private final Map<String, Tensor> merged = new HashMap<>();

  /**
   * @param scope owns the merged tensors; base tensors must be readable by its backend
   * @param dtype F32 or F64
   */
  public MergedWeights(Scope scope, DType dtype, Weights base, LoraSet adapters) {
    this.base = base;
    adapters.byModule().forEach((module, adapter) -> base.find(module + WEIGHT)
        .ifPresent(w -> merged.put(module + WEIGHT, merge(scope, dtype, w, adapter))));
  }

  private static Tensor merge(Scope scope, DType dtype, Tensor w, Adapter adapter) {
    Tensor y = scope.empty(dtype, w.shape());
    scope.backend().run(new Copy(w, y));
    long rank = adapter.a().size(0);
    long out = w.size(0);
    long in = w.count() / out;
    Tensor a = adapter.a().reshape(rank, in);
    Tensor b = adapter.b().reshape(out, rank);
    scope.backend().run(new MatMul(b, a, y.reshape(out, in), adapter.scale(), 1));
    return y;
  }

  @Override
  public Tensor get(String name, long... shape) {
    return Weights.checked("merged weights", name, find(name), shape);
  }

  @Override
  public Optional<Tensor> find(String name) {
    Tensor t = merged.get(name);
    return t != null ? Optional.of(t) : base.find(name);
  }
}
