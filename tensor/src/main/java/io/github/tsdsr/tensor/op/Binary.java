package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/** y = f(a, b), element by element, a and b broadcast to y's shape; y may be a or b itself. */
public record Binary(Function f, Tensor a, Tensor b, Tensor y) implements Primitive {
  /** The functions. */
  public enum Function {
    ADD,
    SUB,
    MUL,
    DIV,
    /** The larger; NaN if one is. */
    MAX,
    /** The smaller; NaN if one is. */
    MIN,
    /** 1 where a == b, else 0. */
    EQUAL,
    /** 1 where a < b, else 0. */
    LESS
  }

  public Binary {
    Checks.floating("Binary " + f, a, b, y);
    a = a.broadcast(y.shape());
    b = b.broadcast(y.shape());
    Checks.elementwise("Binary " + f, y, a, b);
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(a, b);
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(y);
  }

  @Override
  public String name() {
    return "Binary " + f;
  }
}
