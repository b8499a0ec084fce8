package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/**
 * One step of Adam with decoupled weight decay, in place: p -= lr decay p; m = b1 m + (1-b1) g; v = b2 v + (1-b2) g^2; p -= lr
 * (m / (1-b1^step)) / (sqrt(v / (1-b2^step)) + eps), with g = factor * gradient (Loshchilov and Hutter, arXiv 1711.05101).
 *
 * @param parameter p
 * @param gradient shaped as p
 * @param first m, shaped as p
 * @param second v, shaped as p
 * @param factor of the gradient: the clipping
 * @param step counts from 1
 */
public record AdamW(
    Tensor parameter,
    Tensor gradient,
    Tensor first,
    Tensor second,
    double factor,
    double rate,
    double beta1,
    double beta2,
    double eps,
    double decay,
    long step) implements Fused {
  public AdamW {
    Checks.floating("AdamW", parameter, gradient, first, second);
    for (Tensor t : List.of(gradient, first, second)) {
      Checks.shape("AdamW", "gradient and moments", t, parameter.shape());
    }
    Checks.that(step >= 1, "AdamW", "a step of at least 1", step);
    Checks.disjoint("AdamW", parameter, gradient, first, second);
    Checks.disjoint("AdamW", first, gradient, second);
    Checks.disjoint("AdamW", second, gradient);
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(parameter, gradient, first, second);
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(parameter, first, second);
  }

  @Override
  public void byPrimitives(Backend b, Scope s) {
    Formula f = new Formula(b, s, parameter.dtype().accumulator());
    Tensor g = f.affine(gradient, factor, 0);
    f.into(f.add(f.affine(first, beta1, 0), f.affine(g, 1 - beta1, 0)), first);
    Tensor square = f.affine(f.apply(Unary.Function.SQUARE, g), 1 - beta2, 0);
    f.into(f.add(f.affine(second, beta2, 0), square), second);
    double unbias1 = 1 / (1 - Math.pow(beta1, step));
    double unbias2 = 1 / (1 - Math.pow(beta2, step));
    Tensor root = f.apply(Unary.Function.SQRT, f.affine(second, unbias2, 0));
    Tensor update = f.div(f.affine(first, rate * unbias1, 0), f.affine(root, 1, eps));
    f.into(f.sub(f.affine(parameter, 1 - rate * decay, 0), update), parameter);
  }
}
