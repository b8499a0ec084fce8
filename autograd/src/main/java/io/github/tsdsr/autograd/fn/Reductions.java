package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.Formula;
import io.github.tsdsr.tensor.op.Reduce;
import io.github.tsdsr.tensor.op.Unary;
import java.util.List;

/** Sums, means, maxima and variances over axes, which stay with size 1. */
public final class Reductions {
  private Reductions() {}

  /** The sum over these axes. */
  public static Var sum(Tape tape, Var x, int... axes) {
    Tensor y = reduced(tape, Reduce.Function.SUM, x, axes);
    return tape.record(y, new Spread(1), x);
  }

  /** The mean over these axes. */
  public static Var mean(Tape tape, Var x, int... axes) {
    Tensor y = reduced(tape, Reduce.Function.MEAN, x, axes);
    return tape.record(y, new Spread((double) y.count() / x.value().count()), x);
  }

  /** The largest elements; equal ones share the gradient. */
  public static Var max(Tape tape, Var x, int... axes) {
    Tensor y = reduced(tape, Reduce.Function.MAX, x, axes);
    return tape.record(y, new Largest(x.value(), y), x);
  }

  /** The biased variance. */
  public static Var variance(Tape tape, Var x, int... axes) {
    Var centred = Arithmetic.sub(tape, x, mean(tape, x, axes));
    return mean(tape, Elementwise.apply(tape, Unary.Function.SQUARE, centred), axes);
  }

  private static Tensor reduced(Tape tape, Reduce.Function f, Var x, int... axes) {
    long[] shape = x.shape();
    for (int axis : axes) {
      shape[x.value().layout().axis(axis)] = 1;
    }
    Tensor y = tape.empty(x.dtype(), shape);
    tape.run(new Reduce(f, x.value(), y));
    return y;
  }

  private record Spread(double factor) implements Node {
    @Override
    public List<Tensor> saved() {
      return List.of();
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      into.overwrite(0, dx -> into.run(Unary.affine(dy, factor, 0, dx)));
    }
  }

  private record Largest(Tensor x, Tensor y) implements Node {
    @Override
    public List<Tensor> saved() {
      return List.of(x, y);
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      Formula m = new Formula(into.backend(), into.scope(), into.dtype());
      Tensor at = m.apply(Binary.Function.EQUAL, x, y);
      Tensor count = into.empty(y.shape());
      into.run(new Reduce(Reduce.Function.SUM, at, count));
      into.add(0, m.mul(at, m.div(dy, count)));
    }
  }
}
