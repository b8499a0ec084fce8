package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Lists a node's tensors, leaving out those that are absent. */
final class Saved {
  private Saved() {}

  static List<Tensor> of(Tensor... tensors) {
    return Arrays.stream(tensors).filter(Objects::nonNull).toList();
  }
}
