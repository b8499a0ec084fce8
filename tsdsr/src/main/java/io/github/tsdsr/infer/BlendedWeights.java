package io.github.tsdsr.infer;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.op.Formula;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Weights between those of two networks of one shape: (1 - share) a + share b, each computed when it is first asked for. */
final class BlendedWeights implements Weights {
  private final Scope scope;
  private final DType dtype;
  private final Weights a;
  private final Weights b;
  private final double share;
  private final Map<String, Tensor> blended = new HashMap<>();

  /**
   * @param scope owns the blended tensors; a and b must be readable by its backend and outlive this
   * @param dtype of the blended tensors, F32 or F64
   */
  BlendedWeights(Scope scope, DType dtype, Weights a, Weights b, double share) {
    this.scope = scope;
    this.dtype = dtype;
    this.a = a;
    this.b = b;
    this.share = share;
  }

  @Override
  public Tensor get(String name, long... shape) {
    return Weights.checked("blended weights", name, find(name), shape);
  }

  @Override
  public Optional<Tensor> find(String name) {
    Tensor known = blended.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<Tensor> made = a.find(name).map(t -> blend(t, b.get(name, t.shape())));
    made.ifPresent(t -> blended.put(name, t));
    return made;
  }

  private Tensor blend(Tensor x, Tensor y) {
    try (Scope inner = scope.inner()) {
      Formula f = new Formula(scope.backend(), inner, dtype);
      return inner.outward(f.add(
          f.affine(inner.copy(x, dtype), 1 - share, 0), f.affine(inner.copy(y, dtype), share, 0)));
    }
  }
}
