package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.ActivationGrad;
import io.github.tsdsr.tensor.op.Unary;
import java.util.List;

/** y = f(x), element by element, for the activations of {@link ActivationGrad}. */
public final class Activate {
  private Activate() {}

  /** An activation without a parameter. */
  public static Var apply(Tape tape, Unary.Function f, Var x) {
    return apply(tape, f, 0, x);
  }

  /**
   * @param p the slope of LEAKY_RELU
   */
  public static Var apply(Tape tape, Unary.Function f, double p, Var x) {
    Tensor y = tape.empty(x.dtype(), x.shape());
    tape.run(new Unary(f, p, 0, x.value(), y));
    return tape.record(y, new Back(f, p, x.value()), x);
  }

  private record Back(Unary.Function f, double p, Tensor x) implements Node {
    @Override
    public List<Tensor> saved() {
      return List.of(x);
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      into.overwrite(0, dx -> into.run(new ActivationGrad(f, p, x, dy, dx)));
    }
  }
}
