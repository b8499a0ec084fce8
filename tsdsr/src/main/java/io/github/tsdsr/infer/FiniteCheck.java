package io.github.tsdsr.infer;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.ForwardingBackend;
import io.github.tsdsr.tensor.Storage;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Op;
import java.util.Optional;
import java.util.function.Function;

/**
 * Another backend, whose results are looked at after each operation: the first that holds an infinity or a NaN ends the
 * work with an exception that names it. Slow; for the second try after a result that was not finite.
 */
final class FiniteCheck extends ForwardingBackend {
  private final Function<Storage, Optional<String>> names;
  private long operations;

  /**
   * @param backend does the work; stays open
   * @param names what weights are called
   */
  FiniteCheck(Backend backend, Function<Storage, Optional<String>> names) {
    super(backend);
    this.names = names;
  }

  @Override
  public void run(Op op) {
    inner.run(op);
    operations++;
    for (Tensor y : op.outputs()) {
      if (y.dtype().isFloating()) {
        check(op, y);
      }
    }
  }

  private void check(Op op, Tensor y) {
    float bad = firstBad(y);
    if (Float.isFinite(bad)) {
      return;
    }
    StringBuilder weights = new StringBuilder();
    for (Tensor x : op.inputs()) {
      Optional<String> name = names.apply(x.storage());
      if (name.isPresent()) {
        float inWeight = firstBad(x);
        if (!Float.isFinite(inWeight)) {
          throw new NonFiniteException("the model's tensor " + name.get() + " holds " + inWeight);
        }
        weights.append(weights.isEmpty() ? " with " : ", ").append(name.get());
      }
    }
    throw new NonFiniteException("not finite, in F32 too: first in the result " + y.layout() + " of "
        + op.getClass().getSimpleName() + weights + " (operation " + operations + "), which holds " + bad);
  }

  /** The first value that is not finite, else 0. */
  private float firstBad(Tensor t) {
    for (float v : Values.floats(inner, t)) {
      if (!Float.isFinite(v)) {
        return v;
      }
    }
    return 0;
  }

  @Override
  public void close() {
    // The backend belongs to someone else.
  }
}
