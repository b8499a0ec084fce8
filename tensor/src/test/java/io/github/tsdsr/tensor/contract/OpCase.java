package io.github.tsdsr.tensor.contract;

import io.github.tsdsr.tensor.op.Op;
import java.util.function.Function;

/**
 * One operation with its operands.
 *
 * @param tolerance the largest error, as a fraction of the largest value of the oracle's result
 */
public record OpCase(String name, double tolerance, Function<Operands, Op> op) {
  @Override
  public String toString() {
    return name;
  }
}
