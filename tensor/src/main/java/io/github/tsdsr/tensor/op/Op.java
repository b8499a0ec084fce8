package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/** One piece of work as data. */
public sealed interface Op permits Primitive, Fused {
  /** What is read, in the order of the record's components; absent optional tensors are left out. */
  List<Tensor> inputs();

  /** What is written. A tensor that is updated in place is among the inputs too. */
  List<Tensor> outputs();

  /** The operation's name for tables, profiles and messages. */
  default String name() {
    return getClass().getSimpleName();
  }
}
