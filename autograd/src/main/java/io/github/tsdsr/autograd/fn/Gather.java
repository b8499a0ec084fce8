package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Fill;
import io.github.tsdsr.tensor.op.ScatterAdd;
import java.util.List;

/** Rows of a table: an embedding. */
public final class Gather {
  private Gather() {}

  /**
   * @param table (R, ...)
   * @param ids I64 (n)
   * @return (n, ...); the gradient of a row adds up its uses
   */
  public static Var apply(Tape tape, Var table, Tensor ids) {
    long[] shape = table.shape();
    shape[0] = ids.size(0);
    Tensor y = tape.empty(table.dtype(), shape);
    tape.run(new io.github.tsdsr.tensor.op.Gather(table.value(), ids, y));
    return tape.record(y, new Back(ids), table);
  }

  private record Back(Tensor ids) implements Node {
    @Override
    public List<Tensor> saved() {
      return List.of(ids);
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      into.accumulate(0, (dtable, accumulate) -> {
        if (!accumulate) {
          into.run(new Fill(dtable, 0));
        }
        into.run(new ScatterAdd(dy, ids, dtable));
      });
    }
  }
}
