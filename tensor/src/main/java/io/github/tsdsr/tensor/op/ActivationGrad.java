package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/**
 * dx = dy f'(x), element by element, for the smooth activations of {@link Unary.Function} and the rectifiers: SIGMOID, TANH,
 * SILU, GELU_TANH, GELU_ERF, QUICK_GELU, SOFTPLUS, RELU (0 at 0), LEAKY_RELU (p at 0).
 *
 * @param p the slope of LEAKY_RELU; not used by others
 */
public record ActivationGrad(Unary.Function f, double p, Tensor x, Tensor dy, Tensor dx) implements Fused {
  public ActivationGrad {
    String op = "ActivationGrad " + f;
    Checks.that(
        switch (f) {
          case SIGMOID, TANH, SILU, GELU_TANH, GELU_ERF, QUICK_GELU, SOFTPLUS, RELU, LEAKY_RELU -> true;
          default -> false;
        },
        op,
        "an activation",
        f);
    Checks.floating(op, x, dy, dx);
    Checks.shape(op, "dy", dy, x.shape());
    Checks.shape(op, "dx", dx, x.shape());
    Checks.elementwise(op, dx, x, dy);
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x, dy);
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(dx);
  }

  @Override
  public String name() {
    return "ActivationGrad " + f;
  }

  @Override
  public void byPrimitives(Backend b, Scope s) {
    Formula m = new Formula(b, s, dx.dtype().accumulator());
    m.into(m.mul(dy, derivative(m, s)), dx);
  }

  private Tensor derivative(Formula m, Scope s) {
    return switch (f) {
      case SIGMOID -> {
        Tensor y = m.apply(Unary.Function.SIGMOID, x);
        yield m.mul(y, m.affine(y, -1, 1));
      }
      case TANH -> m.affine(m.apply(Unary.Function.SQUARE, m.apply(Unary.Function.TANH, x)), -1, 1);
      case SILU -> gatedSigmoid(m, 1);
      case QUICK_GELU -> gatedSigmoid(m, 1.702);
      case SOFTPLUS -> m.apply(Unary.Function.SIGMOID, x);
      case GELU_TANH -> {
        // 0.5 (1 + t) + 0.5 x (1 - t^2) c (1 + 3 k x^2), t = tanh(c (x + k x^3)); x is bounded, so that x^2 (1 - t^2) is finite.
        double c = Math.sqrt(2 / Math.PI);
        double k = 0.044715;
        Tensor z = m.apply(Unary.Function.CLAMP, -100, 100, x);
        Tensor square = m.apply(Unary.Function.SQUARE, z);
        Tensor t = m.apply(Unary.Function.TANH, m.mul(z, m.affine(square, c * k, c)));
        Tensor slope = m.mul(m.affine(m.apply(Unary.Function.SQUARE, t), -1, 1), m.affine(square, 3 * k * c, c));
        yield m.add(m.affine(t, 0.5, 0.5), m.affine(m.mul(z, slope), 0.5, 0));
      }
      case GELU_ERF -> {
        // 0.5 (1 + erf(x / sqrt 2)) + x exp(-x^2 / 2) / sqrt(2 pi)
        Tensor z = m.apply(Unary.Function.CLAMP, -100, 100, x);
        Tensor bell = m.apply(Unary.Function.EXP, m.affine(m.apply(Unary.Function.SQUARE, z), -0.5, 0));
        Tensor e = m.apply(Unary.Function.ERF, m.affine(z, Math.sqrt(0.5), 0));
        yield m.add(m.affine(e, 0.5, 0.5), m.affine(m.mul(z, bell), 1 / Math.sqrt(2 * Math.PI), 0));
      }
      case RELU -> positive(m, s);
      case LEAKY_RELU -> m.affine(positive(m, s), 1 - p, p);
      default -> throw new IllegalStateException("not an activation: " + f);
    };
  }

  /** The derivative of x sigmoid(a x): g + a x g (1 - g) with g = sigmoid(a x). */
  private Tensor gatedSigmoid(Formula m, double a) {
    Tensor z = m.apply(Unary.Function.CLAMP, -1e5, 1e5, x);
    Tensor g = m.apply(Unary.Function.SIGMOID, m.affine(z, a, 0));
    return m.add(g, m.affine(m.mul(z, m.mul(g, m.affine(g, -1, 1))), a, 0));
  }

  private Tensor positive(Formula m, Scope s) {
    return m.apply(Binary.Function.LESS, s.zeros(dx.dtype().accumulator(), 1), x);
  }
}
