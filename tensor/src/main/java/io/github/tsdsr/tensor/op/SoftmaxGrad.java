package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/** The gradient of {@link Softmax}: dx = y (dy - sum(y dy)). */
public record SoftmaxGrad(Tensor y, Tensor dy, Tensor dx) implements Fused {
  public SoftmaxGrad {
    Checks.floating("SoftmaxGrad", y, dy, dx);
    Checks.shape("SoftmaxGrad", "dy", dy, y.shape());
    Checks.shape("SoftmaxGrad", "dx", dx, y.shape());
    Checks.elementwise("SoftmaxGrad", dx, y, dy);
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(y, dy);
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(dx);
  }

  @Override
  public void byPrimitives(Backend b, Scope s) {
    Formula f = new Formula(b, s, dx.dtype().accumulator());
    f.into(f.mul(y, f.sub(dy, f.sum(f.mul(y, dy), -1))), dx);
  }
}
