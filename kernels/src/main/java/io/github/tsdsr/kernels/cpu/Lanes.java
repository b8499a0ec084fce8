package io.github.tsdsr.kernels.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The machine's vectors: what tile shapes are chosen by. Loaded only where the module jdk.incubator.vector is there. */
final class Lanes {
  /** The widest vectors that the machine works well with. */
  static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

  /** Floats in a vector. */
  static final int COUNT = FLOATS.length();

  private Lanes() {}
}
