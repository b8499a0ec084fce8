package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/**
 * y = x, converted to y's type: rounded to nearest, ties to even; to integers truncated and saturated. x is broadcast to
 * y's shape. Permutation, slicing, concatenation, nearest upsampling and patches are copies between views.
 */
public record Copy(Tensor x, Tensor y) implements Primitive {
  public Copy {
    x = x.broadcast(y.shape());
    Checks.disjoint("Copy", y, x);
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(y);
  }
}
