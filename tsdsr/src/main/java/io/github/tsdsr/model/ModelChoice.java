package io.github.tsdsr.model;

import java.nio.file.Path;

/** Which model is meant. */
public sealed interface ModelChoice {
  /**
   * Those that come with the library, blended: 1 is the faithful one, 0 the sharp one, and between them lies every weight
   * where it lies between theirs.
   *
   * @param fidelity from 0 to 1
   */
  record BuiltIn(double fidelity) implements ModelChoice {
    public BuiltIn {
      if (!(fidelity >= 0 && fidelity <= 1)) {
        throw new IllegalArgumentException(
            "fidelity " + fidelity + ": expected a number from 0 (the sharp model) to 1 (the faithful one)");
      }
    }

    /** Whether both models are needed. */
    public boolean isBlend() {
      return fidelity > 0 && fidelity < 1;
    }

    /** The one that it is, or that the faithful one is blended into. */
    public BuiltInModel base() {
      return fidelity == 1 ? BuiltInModel.FAITHFUL : BuiltInModel.SHARP;
    }
  }

  /** A folder as diffusers lays it out. */
  record Folder(Path path) implements ModelChoice {}
}
