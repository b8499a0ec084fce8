package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/** out = value, rounded to the type. */
public record Fill(Tensor out, double value) implements Primitive {
  public Fill {
    Checks.writable("Fill", out);
  }

  @Override
  public List<Tensor> inputs() {
    return List.of();
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(out);
  }
}
