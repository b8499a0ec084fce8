package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Reduce;
import java.util.List;

/** Products of matrices in the last two axes; leading axes are broadcast. */
public final class MatMul {
  private MatMul() {}

  /**
   * @param a (..., M, K)
   * @param b (..., K, N)
   * @return (..., M, N), of a's type
   */
  public static Var apply(Tape tape, Var a, Var b) {
    int rank = Math.max(a.value().rank(), b.value().rank());
    long[] shape = new long[rank];
    for (int i = 3; i <= rank; i++) {
      long x = i <= a.value().rank() ? a.size(-i) : 1;
      long y = i <= b.value().rank() ? b.size(-i) : 1;
      shape[rank - i] = x == 1 ? y : x;
    }
    shape[rank - 2] = a.size(-2);
    shape[rank - 1] = b.size(-1);
    Tensor y = tape.empty(a.dtype(), shape);
    tape.run(new io.github.tsdsr.tensor.op.MatMul(a.value(), b.value(), y));
    return tape.record(y, new Back(b.wanted() ? a.value() : null, a.wanted() ? b.value() : null), a, b);
  }

  private record Back(Tensor a, Tensor b) implements Node {
    @Override
    public List<Tensor> saved() {
      return Saved.of(a, b);
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      into.accumulate(0, (da, accumulate) -> product(into, dy, b.transpose(), da, accumulate));
      into.accumulate(1, (db, accumulate) -> product(into, a.transpose(), dy, db, accumulate));
    }

    /** The product in d, summed over the leading axes along which the operand was broadcast. */
    private static void product(Sink into, Tensor x, Tensor y, Tensor d, boolean accumulate) {
      int rank = Math.max(x.rank(), y.rank());
      Tensor to = d;
      while (to.rank() < rank) {
        to = to.unsqueeze(0);
      }
      long[] shape = to.shape();
      for (int i = 3; i <= rank; i++) {
        shape[rank - i] = Math.max(i <= x.rank() ? x.size(-i) : 1, i <= y.rank() ? y.size(-i) : 1);
      }
      if (to.hasShape(shape)) {
        into.run(new io.github.tsdsr.tensor.op.MatMul(x, y, to, 1, accumulate ? 1 : 0));
      } else {
        Tensor all = into.empty(shape);
        into.run(new io.github.tsdsr.tensor.op.MatMul(x, y, all));
        into.run(new Reduce(Reduce.Function.SUM, all, to, accumulate));
      }
    }
  }
}
