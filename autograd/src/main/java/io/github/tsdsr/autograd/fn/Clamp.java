package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.Formula;
import io.github.tsdsr.tensor.op.Unary;
import java.util.List;

/** y = min(max(x, low), high); no gradient where it acts. */
public final class Clamp {
  private Clamp() {}

  public static Var apply(Tape tape, Var x, double low, double high) {
    Tensor y = tape.empty(x.dtype(), x.shape());
    tape.run(Unary.clamp(x.value(), low, high, y));
    return tape.record(y, new Back(x.value(), y), x);
  }

  private record Back(Tensor x, Tensor y) implements Node {
    @Override
    public List<Tensor> saved() {
      return List.of(x, y);
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      Formula m = new Formula(into.backend(), into.scope(), into.dtype());
      into.add(0, m.mul(dy, m.apply(Binary.Function.EQUAL, x, y)));
    }
  }
}
