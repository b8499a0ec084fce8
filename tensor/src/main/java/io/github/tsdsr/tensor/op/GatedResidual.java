package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/**
 * z = x + gate y, the gate per sample and channel.
 *
 * @param x (B,T,C)
 * @param gate (B,1,C)
 * @param y (B,T,C)
 * @param z (B,T,C), may be x itself
 */
public record GatedResidual(Tensor x, Tensor gate, Tensor y, Tensor z) implements Fused {
  public GatedResidual {
    Checks.floating("GatedResidual", x, gate, y, z);
    Checks.that(x.rank() == 3, "GatedResidual", "tokens (B,T,C)", x);
    Checks.shape("GatedResidual", "gate", gate, x.size(0), 1, x.size(2));
    Checks.shape("GatedResidual", "y", y, x.shape());
    Checks.shape("GatedResidual", "z", z, x.shape());
    Checks.elementwise("GatedResidual", z, x, y);
    Checks.disjoint("GatedResidual", z, gate);
  }

  @Override
  public List<Tensor> inputs() {
    return List.of(x, gate, y);
  }

  @Override
  public List<Tensor> outputs() {
    return List.of(z);
  }

  @Override
  public void byPrimitives(Backend b, Scope s) {
    Formula f = new Formula(b, s, z.dtype().accumulator());
    f.into(f.add(x, f.mul(gate, y)), z);
  }
}
