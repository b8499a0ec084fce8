package io.github.tsdsr.io;

import io.github.tsdsr.tensor.Weights;
import java.util.Set;

/** Weights from somewhere that lists its names and holds memory until it is closed. */
public interface NamedWeights extends Weights, AutoCloseable {
  /** The names of all tensors, in the source's order. */
  Set<String> names();

  /** Lets go of the tensors: those that nothing else owns must not be used any more. */
  @Override
  void close();
}
