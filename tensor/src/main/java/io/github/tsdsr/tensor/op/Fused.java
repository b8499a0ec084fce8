package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;

/** An operation that is defined by primitives; where it pays a backend has one kernel for it. */
public non-sealed interface Fused extends Op {
  /**
   * The meaning, and the oracle in tests: computes the outputs by primitives on the backend.
   *
   * @param s owns what is needed on the way
   */
  void byPrimitives(Backend b, Scope s);
}
