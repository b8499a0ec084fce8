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

/** y = x / (|x| + eps), |x| the Euclidean length along the last axis: features as directions, as LPIPS compares them. */
public final class UnitNormalize {
  private UnitNormalize() {}

  /**
   * Where all of x along the last axis is 0 the function has no derivative; the gradient is 0 there.
   *
   * @param x (..., C)
   * @return as x
   */
  public static Var apply(Tape tape, Var x, double eps) {
    long[] rows = x.shape();
    rows[rows.length - 1] = 1;
    Tensor length = tape.empty(x.dtype(), rows);
    tape.run(new Reduce(Reduce.Function.SUM_OF_SQUARES, x.value(), length));
    tape.run(new Unary(Unary.Function.SQRT, length, length));
    Tensor y = tape.empty(x.dtype(), x.shape());
    try (var inner = tape.scope().inner()) {
      Formula m = new Formula(tape.backend(), inner, x.dtype());
      tape.run(new Binary(Binary.Function.DIV, x.value(), m.affine(length, 1, eps), y));
    }
    return tape.record(y, new Back(x.value(), length, eps), x);
  }

  private record Back(Tensor x, Tensor length, double eps) implements Node {
    @Override
    public List<Tensor> saved() {
      return List.of(x, length);
    }

    /** With n = |x|: dx = dy / (n + eps) - x (dy . x) / (n (n + eps)^2). */
    @Override
    public void backward(Tensor dy, Sink into) {
      Formula m = new Formula(into.backend(), into.scope(), into.dtype());
      Tensor isZero = m.apply(Binary.Function.EQUAL, length, into.scope().zeros(length.dtype(), 1));
      Tensor shrink = m.apply(Unary.Function.RECIPROCAL, m.affine(length, 1, eps));
      Tensor along = m.mul(m.sum(m.mul(dy, x), -1), m.mul(shrink, shrink));
      // Where n is 0 so is dy . x: any divisor but 0 will do.
      Tensor part = m.div(along, m.add(length, isZero));
      Tensor across = m.mul(shrink, m.affine(isZero, -1, 1));
      into.add(0, m.sub(m.mul(dy, across), m.mul(x, part)));
    }
  }
}
