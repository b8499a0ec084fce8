package io.github.tsdsr.autograd;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Tensor;

/** A tensor as a tape sees it: its value, and whether a gradient flows through it. Compared by identity. */
public final class Var {
  private final Tensor value;
  private final boolean wanted;

  Var(Tensor value, boolean wanted) {
    this.value = value;
    this.wanted = wanted;
  }

  /** The tensor itself; it lives as long as the scope that it was made in. */
  public Tensor value() {
    return value;
  }

  /** Whether the backward pass computes a gradient for it. */
  public boolean wanted() {
    return wanted;
  }

  /** The value's element type. */
  public DType dtype() {
    return value.dtype();
  }

  /** Sizes of all axes, first to last; a copy. */
  public long[] shape() {
    return value.shape();
  }

  /** Size of an axis; negative axes count from the end. */
  public long size(int axis) {
    return value.size(axis);
  }

  @Override
  public String toString() {
    return value + (wanted ? " (gradient wanted)" : "");
  }
}
