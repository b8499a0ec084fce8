package io.github.tsdsr.autograd;

import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/**
 * How one value's gradient becomes its inputs' gradients. Implementations are records: their components are what is saved
 * between the passes.
 */
public interface Node {
  /** The tensors among the components: the tape keeps their storages alive and checks that nothing writes them. */
  List<Tensor> saved();

  /**
   * Runs the node backward.
   *
   * @param dy the gradient of the node's value; not to be written
   * @param into receives the inputs' gradients, by the inputs' positions in {@link Tape#record}
   */
  void backward(Tensor dy, Sink into);
}
