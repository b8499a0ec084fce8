package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Formula;
import io.github.tsdsr.tensor.op.Unary;
import java.util.List;

/** y = f(x), element by element, for the functions that are no activations. */
public final class Elementwise {
  private Elementwise() {}

  /** One of ABS, SQUARE, SQRT, RSQRT, RECIPROCAL, EXP, LOG, SIN, COS, ERF. */
  public static Var apply(Tape tape, Unary.Function f, Var x) {
    Tensor y = tape.empty(x.dtype(), x.shape());
    tape.run(new Unary(f, x.value(), y));
    return tape.record(y, new Back(f, x.value(), y), x);
  }

  private record Back(Unary.Function f, Tensor x, Tensor y) implements Node {
    @Override
    public List<Tensor> saved() {
      return List.of(x, y);
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      Formula m = new Formula(into.backend(), into.scope(), into.dtype());
      into.add(0, m.mul(dy, derivative(m)));
    }

    private Tensor derivative(Formula m) {
      return switch (f) {
        case ABS -> m.apply(Unary.Function.SIGN, x);
        case SQUARE -> m.affine(x, 2, 0);
        case SQRT -> m.affine(m.apply(Unary.Function.RECIPROCAL, y), 0.5, 0);
        case RSQRT -> m.affine(m.div(y, x), -0.5, 0);
        case RECIPROCAL -> m.affine(m.apply(Unary.Function.SQUARE, y), -1, 0);
        case EXP -> y;
        case LOG -> m.apply(Unary.Function.RECIPROCAL, x);
        case SIN -> m.apply(Unary.Function.COS, x);
        case COS -> m.affine(m.apply(Unary.Function.SIN, x), -1, 0);
        case ERF -> {
          Tensor bell = m.apply(Unary.Function.EXP, m.affine(m.apply(Unary.Function.SQUARE, x), -1, 0));
          yield m.affine(bell, 2 / Math.sqrt(Math.PI), 0);
        }
        default -> throw new IllegalArgumentException("no derivative for " + f);
      };
    }
  }
}
