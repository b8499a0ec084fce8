package io.github.tsdsr.train.mode;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** What a configuration says about one of the modes, read and checked before anything is loaded. */
public interface Recipe {
  /** Sets the mode up. What it opens stays open until the workspace is closed, also after a failure. */
  Mode open(Workspace workspace) throws IOException;

  /** Whether blocks are computed again in the backward pass; empty for a mode that has no such choice. */
  default Optional<Boolean> recomputing() {
    return Optional.empty();
  }

  /** Fingerprints of further files that the numbers depend on, by a name for people. */
  Map<String, String> inputs() throws IOException;
}
