package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/** y = exp(x - max x) / sum exp(x - max x) over the last axis. Entries of -inf give 0; a row of nothing else gives NaN. */
public record Softmax(Tensor x, Tensor y) implements Fused {
  public Softmax {
    Checks.floating("Softmax", x, y);
    Checks.shape("Softmax", "y", y, x.shape());
    Checks.elementwise("Softmax", y, x);
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
  public void byPrimitives(Backend b, Scope s) {
    Formula f = new Formula(b, s, y.dtype().accumulator());
    Tensor e = f.apply(Unary.Function.EXP, f.sub(x, f.reduce(Reduce.Function.MAX, x, -1)));
    f.into(f.div(e, f.sum(e, -1)), y);
  }
}
