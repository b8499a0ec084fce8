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

/** y = min(max(x, low), high); a gradient only where x lies strictly between the two. */
public final class Clamp {
  private Clamp() {}

  /** x cut off at both bounds, of the shape of x. */
  public static Var apply(Tape tape, Var x, double low, double high) {
    Tensor y = tape.empty(x.dtype(), x.shape());
    tape.run(Unary.clamp(x.value(), low, high, y));
    return tape.record(y, new Back(y, low, high), x);
  }

  private record Back(Tensor y, double low, double high) implements Node {
    @Override
    public List<Tensor> saved() {
      return List.of(y);
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      Formula m = new Formula(into.backend(), into.scope(), into.dtype());
      Tensor above = m.apply(Binary.Function.LESS, into.scope().full(low, y.dtype(), 1), y);
      Tensor below = m.apply(Binary.Function.LESS, y, into.scope().full(high, y.dtype(), 1));
      into.add(0, m.mul(dy, m.mul(above, below)));
    }
  }
}
