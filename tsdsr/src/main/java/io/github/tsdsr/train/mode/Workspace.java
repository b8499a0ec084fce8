package io.github.tsdsr.train.mode;

import io.github.tsdsr.model.OpenParts;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;

/**
 * Where a mode is set up, and with what.
 *
 * @param scope owns the mode's tensors
 * @param open owns its files and copies of weights, and the scope
 */
public record Workspace(Scope scope, OpenParts open, RunSettings settings, TrainingData data)
    implements AutoCloseable {
  /** A new one, with nothing in it. */
  public static Workspace on(Backend backend, RunSettings settings, TrainingData data) {
    OpenParts open = new OpenParts();
    return new Workspace(open.add(Scope.on(backend)), open, settings, data);
  }

  /** What computes. */
  public Backend backend() {
    return scope.backend();
  }

  /** Closes all that a mode has opened, and frees its tensors. */
  @Override
  public void close() {
    open.close();
  }
}
