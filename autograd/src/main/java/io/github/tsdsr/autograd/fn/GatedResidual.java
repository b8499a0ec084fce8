package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.Reduce;
import java.util.List;

/** z = x + gate y, the gate per sample and channel. */
public final class GatedResidual {
  private GatedResidual() {}

  /**
   * @param x (B,T,C)
   * @param gate (B,1,C)
   * @param y (B,T,C)
   * @return (B,T,C)
   */
  public static Var apply(Tape tape, Var x, Var gate, Var y) {
    Tensor z = tape.empty(x.dtype(), x.shape());
    tape.run(new io.github.tsdsr.tensor.op.GatedResidual(x.value(), gate.value(), y.value(), z));
    return tape.record(z, new Back(y.wanted() ? gate.value() : null, gate.wanted() ? y.value() : null), x, gate, y);
  }

  private record Back(Tensor gate, Tensor y) implements Node {
    @Override
    public List<Tensor> saved() {
      return Saved.of(gate, y);
    }

    @Override
    public void backward(Tensor dz, Sink into) {
      into.add(0, dz);
      into.accumulate(1, (dgate, accumulate) -> {
        Tensor product = into.empty(dz.shape());
        into.run(new Binary(Binary.Function.MUL, dz, y, product));
        into.run(new Reduce(Reduce.Function.SUM, product, dgate, accumulate));
      });
      into.overwrite(2, dy -> into.run(new Binary(Binary.Function.MUL, dz, gate, dy)));
    }
  }
}
