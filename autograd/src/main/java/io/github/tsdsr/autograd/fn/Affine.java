package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Unary;
import java.util.List;

/** y = scale x + shift with constants. */
public final class Affine {
  private Affine() {}

  /** scale x + shift, of the shape of x. */
  public static Var apply(Tape tape, Var x, double scale, double shift) {
    Tensor y = tape.empty(x.dtype(), x.shape());
    tape.run(Unary.affine(x.value(), scale, shift, y));
    return tape.record(y, new Back(scale), x);
  }

  private record Back(double scale) implements Node {
    @Override
    public List<Tensor> saved() {
      return List.of();
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      into.overwrite(0, dx -> into.run(Unary.affine(dy, scale, 0, dx)));
    }
  }
}
