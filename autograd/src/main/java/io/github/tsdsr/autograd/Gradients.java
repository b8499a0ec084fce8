package io.github.tsdsr.autograd;

import io.github.tsdsr.tensor.Tensor;
import java.util.Optional;

/** Gradients of leaves, owned until closed. */
public interface Gradients extends AutoCloseable {
  /** The gradient of the leaf that is this tensor; empty where it is mathematically zero. */
  Optional<Tensor> of(Tensor leaf);

  /** These and those of leaves that have none here; closing it closes both. */
  default Gradients and(Gradients others) {
    Gradients these = this;
    return new Gradients() {
      @Override
      public Optional<Tensor> of(Tensor leaf) {
        return these.of(leaf).or(() -> others.of(leaf));
      }

      @Override
      public void close() {
        try (others) {
          these.close();
        }
      }
    };
  }

  @Override
  void close();
}
