package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/**
 * y = f(x), element by element; y may be x itself.
 *
 * @param p first parameter of the function, where it has one
 * @param q second parameter
 */
public record Unary(Function f, double p, double q, Tensor x, Tensor y) implements Primitive {
  /** The functions. */
  public enum Function {
    /** p x + q. */
    AFFINE,
    /** min(max(x, p), q); NaN stays. */
    CLAMP,
    /** |x|. */
    ABS,
    /** -1, 0 or 1. */
    SIGN,
    SQUARE,
    SQRT,
    /** 1 / sqrt(x). */
    RSQRT,
    RECIPROCAL,
    EXP,
    LOG,
    SIN,
    COS,
    TANH,
    /** The error function. */
    ERF,
    /** To the next integer, ties to even. */
    ROUND,
    FLOOR,
    /** 1 / (1 + exp(-x)). */
    SIGMOID,
    /** x sigmoid(x). */
    SILU,
    /** 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))). */
    GELU_TANH,
    /** 0.5 x (1 + erf(x / sqrt(2))). */
    GELU_ERF,
    /** x sigmoid(1.702 x). */
    QUICK_GELU,
    /** max(x, 0). */
    RELU,
    /** x if x > 0, else p x. */
    LEAKY_RELU,
    /** log(1 + exp(x)). */
    SOFTPLUS
  }

  public Unary {
    Checks.floating("Unary " + f, x, y);
    x = x.broadcast(y.shape());
    Checks.elementwise("Unary " + f, y, x);
  }

  /** A function without parameters. */
  public Unary(Function f, Tensor x, Tensor y) {
    this(f, 0, 0, x, y);
  }

  /** y = scale x + shift. */
  public static Unary affine(Tensor x, double scale, double shift, Tensor y) {
    return new Unary(Function.AFFINE, scale, shift, x, y);
  }

  /** y = min(max(x, low), high). */
  public static Unary clamp(Tensor x, double low, double high, Tensor y) {
    return new Unary(Function.CLAMP, low, high, x, y);
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x);
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(y);
  }

  @Override
  public String name() {
    return "Unary " + f;
  }
}
