package io.github.tsdsr.model;

import io.github.tsdsr.io.model.BackendWeights;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Weights;
import java.util.ArrayDeque;
import java.util.Deque;

/** What is open of a model: files, copies on a device. Closed together, the latest first. */
public final class OpenParts implements AutoCloseable {
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();

  /** Adds a part, which is closed with the others from now on. */
  public <T extends AutoCloseable> T add(T part) {
    parts.push(part);
    return part;
  }

  /** Weights where a backend computes. */
  public Weights onBackend(Backend backend, Weights files) {
    return add(BackendWeights.on(backend, files));
  }

  /**
   * Closes all parts, also after one that fails.
   *
   * @throws IllegalStateException if one threw a checked exception
   */
  @Override
  public void close() {
    RuntimeException failure = null;
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Exception e) {
        if (failure == null) {
          failure = e instanceof RuntimeException r ? r : new IllegalStateException(e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
