package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.Copy;
import io.github.tsdsr.tensor.op.Formula;
import io.github.tsdsr.tensor.op.Reduce;
import java.util.List;

/**
 * Arithmetic of two values that are broadcast to their common shape: axes are matched from the last, and an axis of
 * size 1 is repeated. An operand's gradient is summed over what it was repeated along. Shapes that do not match are
 * refused with an IllegalArgumentException.
 */
public final class Arithmetic {
  private Arithmetic() {}

  /** a + b. */
  public static Var add(Tape tape, Var a, Var b) {
    return apply(tape, Binary.Function.ADD, a, b);
  }

  /** a - b. */
  public static Var sub(Tape tape, Var a, Var b) {
    return apply(tape, Binary.Function.SUB, a, b);
  }

  /** a b, element by element. */
  public static Var mul(Tape tape, Var a, Var b) {
    return apply(tape, Binary.Function.MUL, a, b);
  }

  /** a / b, element by element; division by 0 gives an infinity or NaN. */
  public static Var div(Tape tape, Var a, Var b) {
    return apply(tape, Binary.Function.DIV, a, b);
  }

  /** The larger; where both are equal each gets half of the gradient. */
  public static Var maximum(Tape tape, Var a, Var b) {
    return apply(tape, Binary.Function.MAX, a, b);
  }

  /** The smaller; where both are equal each gets half of the gradient. */
  public static Var minimum(Tape tape, Var a, Var b) {
    return apply(tape, Binary.Function.MIN, a, b);
  }

  private static Var apply(Tape tape, Binary.Function f, Var a, Var b) {
    DType dtype = a.dtype() == DType.F64 || b.dtype() == DType.F64 ? DType.F64 : a.dtype();
    Tensor y = tape.empty(dtype, common(a.shape(), b.shape()));
    tape.run(new Binary(f, a.value(), b.value(), y));
    boolean linear = f == Binary.Function.ADD || f == Binary.Function.SUB;
    return tape.record(y, new Back(f, linear ? null : a.value(), linear ? null : b.value()), a, b);
  }

  private static long[] common(long[] a, long[] b) {
    long[] shape = new long[Math.max(a.length, b.length)];
    for (int i = 1; i <= shape.length; i++) {
      long x = i <= a.length ? a[a.length - i] : 1;
      long y = i <= b.length ? b[b.length - i] : 1;
      shape[shape.length - i] = x == 1 ? y : x;
    }
    return shape;
  }

  private record Back(Binary.Function f, Tensor a, Tensor b) implements Node {
    @Override
    public List<Tensor> saved() {
      return Saved.of(a, b);
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      Formula m = new Formula(into.backend(), into.scope(), into.dtype());
      if (into.wants(0)) {
        reduced(into, 0, switch (f) {
          case ADD, SUB -> dy;
          case MUL -> m.mul(dy, b);
          case DIV -> m.div(dy, b);
          case MAX -> m.mul(dy, share(m, b, a));
          case MIN -> m.mul(dy, share(m, a, b));
          default -> throw new IllegalStateException("no derivative for " + f);
        });
      }
      if (into.wants(1)) {
        reduced(into, 1, switch (f) {
          case ADD -> dy;
          case SUB -> m.affine(dy, -1, 0);
          case MUL -> m.mul(dy, a);
          case DIV -> m.affine(m.mul(dy, m.div(m.div(a, b), b)), -1, 0);
          case MAX -> m.mul(dy, share(m, a, b));
          case MIN -> m.mul(dy, share(m, b, a));
          default -> throw new IllegalStateException("no derivative for " + f);
        });
      }
    }

    /** 1 where less < more, one half where they are equal, else 0. */
    private static Tensor share(Formula m, Tensor less, Tensor more) {
      Tensor half = m.affine(m.apply(Binary.Function.EQUAL, less, more), 0.5, 0);
      return m.add(m.apply(Binary.Function.LESS, less, more), half);
    }

    private static void reduced(Sink into, int input, Tensor gradient) {
      into.accumulate(input, (dx, accumulate) -> {
        if (dx.sameShape(gradient)) {
          into.run(accumulate ? new Binary(Binary.Function.ADD, dx, gradient, dx) : new Copy(gradient, dx));
          return;
        }
        Tensor to = dx;
        while (to.rank() < gradient.rank()) {
          to = to.unsqueeze(0);
        }
        into.run(new Reduce(Reduce.Function.SUM, gradient, to, accumulate));
      });
    }
  }
}
