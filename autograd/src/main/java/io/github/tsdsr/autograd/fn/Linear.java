package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.MatMul;
import io.github.tsdsr.tensor.op.Reduce;
import java.util.List;

/** y = x w^T + bias over the last axis. */
public final class Linear {
  private Linear() {}

  /**
   * @param x (..., I)
   * @param w (O,I)
   * @param bias (O), or null
   * @return (..., O), of x's type
   */
  public static Var apply(Tape tape, Var x, Var w, Var bias) {
    long[] shape = x.shape();
    shape[shape.length - 1] = w.size(0);
    Tensor y = tape.empty(x.dtype(), shape);
    tape.run(new io.github.tsdsr.tensor.op.Linear(x.value(), w.value(), bias == null ? null : bias.value(), y));
    // What a frozen weight does not need is not saved.
    Tensor input = w.wanted() ? x.value() : null;
    Tensor weight = x.wanted() ? w.value() : null;
    return bias == null ? tape.record(y, new Back(input, weight), x, w)
        : tape.record(y, new Back(input, weight), x, w, bias);
  }

  private record Back(Tensor x, Tensor w) implements Node {
    @Override
    public List<Tensor> saved() {
      return Saved.of(x, w);
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      Tensor rows = into.scope().reshaped(dy, dy.count() / dy.size(-1), dy.size(-1));
      into.accumulate(0, (dx, accumulate) -> into
          .run(new MatMul(rows, w, dx.reshape(rows.size(0), w.size(1)), 1, accumulate ? 1 : 0)));
      into.accumulate(1, (dw, accumulate) -> into.run(new MatMul(
          rows.transpose(), into.scope().reshaped(x, rows.size(0), dw.size(1)), dw, 1, accumulate ? 1 : 0)));
      if (into.inputs() > 2) {
        into.accumulate(2,
            (db, accumulate) -> into.run(new Reduce(Reduce.Function.SUM, rows, db.unsqueeze(0), accumulate)));
      }
    }
  }
}
