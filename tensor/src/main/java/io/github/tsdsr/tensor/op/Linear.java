package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/**
 * y = x w^T + bias over the last axis.
 *
 * @param x (..., I)
 * @param w (O,I)
 * @param bias (O), or null
 * @param y (..., O), the leading axes as x's
 */
public record Linear(Tensor x, Tensor w, Tensor bias, Tensor y) implements Fused {
  public Linear {
    Checks.floating("Linear", x, w, bias, y);
    Checks.that(w.rank() == 2 && x.rank() >= 1, "Linear", "a matrix of weights", x, w);
    Checks.that(x.size(-1) == w.size(1), "Linear", "as many inputs as the weight has", x, w);
    long[] shape = x.shape();
    shape[shape.length - 1] = w.size(0);
    Checks.shape("Linear", "y", y, shape);
    if (bias != null) {
      Checks.shape("Linear", "bias", bias, w.size(0));
    }
    Checks.disjoint("Linear", y, x, w, bias);
  }

  @Override
  public List<Tensor> inputs() {
    return Checks.present(x, w, bias);
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(y);
  }

  @Override
  public void byPrimitives(Backend b, Scope s) {
    Tensor rows = x.rank() == 1 ? x.unsqueeze(0) : x;
    Tensor result = y.rank() == 1 ? y.unsqueeze(0) : y;
    if (bias != null) {
      b.run(new Copy(bias, result));
    }
    b.run(new MatMul(rows, w.transpose(), result, 1, bias == null ? 0 : 1));
  }
}
