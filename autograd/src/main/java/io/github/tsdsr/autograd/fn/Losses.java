package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.op.Unary;
import java.util.stream.IntStream;

/** Scalar losses between values of one shape; the result has as many axes, all of size 1. */
public final class Losses {
  private Losses() {}

  /** mean |x - target|; no gradient where they are equal. */
  public static Var l1(Tape tape, Var x, Var target) {
    return tape.scoped(() -> mean(tape, Elementwise.apply(tape, Unary.Function.ABS, Arithmetic.sub(tape, x, target))));
  }

  /** mean (x - target)^2. */
  public static Var mse(Tape tape, Var x, Var target) {
    return tape
        .scoped(() -> mean(tape, Elementwise.apply(tape, Unary.Function.SQUARE, Arithmetic.sub(tape, x, target))));
  }

  /** mean sqrt((x - target)^2 + eps^2). */
  public static Var charbonnier(Tape tape, Var x, Var target, double eps) {
    return tape.scoped(() -> {
      Var square = Elementwise.apply(tape, Unary.Function.SQUARE, Arithmetic.sub(tape, x, target));
      return mean(tape, Elementwise.apply(tape, Unary.Function.SQRT, Affine.apply(tape, square, 1, eps * eps)));
    });
  }

  /** The mean of all elements. */
  public static Var mean(Tape tape, Var x) {
    return Reductions.mean(tape, x, IntStream.range(0, x.value().rank()).toArray());
  }
}
