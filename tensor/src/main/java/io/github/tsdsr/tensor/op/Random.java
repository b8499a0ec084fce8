package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/**
 * Elements {@code first}, {@code first + 1}, ... of a random sequence of {@link io.github.tsdsr.tensor.Philox}, in row-major
 * order of y: the same on every backend (normals within 2e-7 in F32).
 *
 * @param seed names the family of sequences
 * @param stream names the sequence
 * @param first index of y's first element in it, not negative
 */
public record Random(Distribution distribution, long seed, long stream, long first, Tensor y) implements Primitive {
  /** What to draw. */
  public enum Distribution {
    /** Uniform in the open interval from 0 to 1. */
    UNIFORM,
    /** Normal with mean 0 and deviation 1. */
    NORMAL
  }

  public Random {
    Checks.floating("Random", y);
    Checks.that(first >= 0, "Random", "an index that is not negative", first);
    Checks.writable("Random", y);
  }

  @Override
  public List<Tensor> inputs() {
    return List.of();
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(y);
  }

  @Override
  public String name() {
    return "Random " + distribution;
  }
}
