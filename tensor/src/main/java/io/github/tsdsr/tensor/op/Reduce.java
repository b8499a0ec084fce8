package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/**
 * y = f of x over every axis on which y has size 1 and x has not. x and y have the same rank; other axes have the same
 * size.
 *
 * @param accumulate add to what y holds (sums only)
 */
public record Reduce(Function f, Tensor x, Tensor y, boolean accumulate) implements Primitive {
  /** The functions. */
  public enum Function {
    SUM,
    MEAN,
    SUM_OF_SQUARES,
    MAX,
    MIN,
    /** The largest |x|; NaN if an element is. */
    MAX_ABS
  }

  public Reduce {
    String op = "Reduce " + f;
    Checks.floating(op, x, y);
    Checks.that(x.rank() == y.rank(), op, "as many axes in the result as in the operand", x, y);
    for (int i = 0; i < x.rank(); i++) {
      Checks.that(y.size(i) == 1 || y.size(i) == x.size(i), op, "each axis of the result to be 1 or the operand's", x,
          y);
    }
    Checks.that(x.count() > 0, op, "at least one element", x);
    Checks.that(
        !accumulate || f == Function.SUM || f == Function.SUM_OF_SQUARES, op, "accumulation with sums only", f);
    Checks.disjoint(op, y, x);
  }

  public Reduce(Function f, Tensor x, Tensor y) {
    this(f, x, y, false);
  }

  @Override
  public List<Tensor> inputs() {
    return accumulate ? List.of(x, y) : List.of(x);
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(y);
  }

  @Override
  public String name() {
    return "Reduce " + f;
  }
}
