package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Conv2dInputGrad;
import io.github.tsdsr.tensor.op.Conv2dWeightGrad;
import io.github.tsdsr.tensor.op.ConvGeometry;
import io.github.tsdsr.tensor.op.Reduce;
import java.util.List;

/** Two-dimensional convolution, channels last. */
public final class Conv2d {
  private Conv2d() {}

  /**
   * @param x (N,H,W,C)
   * @param w (O,kh,kw,C)
   * @param bias (O), or null
   * @return (N,H',W',O), of x's type
   */
  public static Var apply(Tape tape, Var x, Var w, Var bias, ConvGeometry geometry) {
    Tensor y = tape.empty(
        x.dtype(),
        x.size(0),
        geometry.outHeight(x.size(1), w.size(1)),
        geometry.outWidth(x.size(2), w.size(2)),
        w.size(0));
    tape.run(new io.github.tsdsr.tensor.op.Conv2d(
        x.value(), w.value(), bias == null ? null : bias.value(), geometry, y));
    Node back = new Back(w.wanted() ? x.value() : null, x.wanted() ? w.value() : null, geometry);
    return bias == null ? tape.record(y, back, x, w) : tape.record(y, back, x, w, bias);
  }

  private record Back(Tensor x, Tensor w, ConvGeometry geometry) implements Node {
    @Override
    public List<Tensor> saved() {
      return Saved.of(x, w);
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      into.accumulate(0, (dx, accumulate) -> into.run(new Conv2dInputGrad(dy, w, geometry, dx, accumulate)));
      into.accumulate(1, (dw, accumulate) -> into.run(new Conv2dWeightGrad(x, dy, geometry, dw, accumulate)));
      if (into.inputs() > 2) {
        into.accumulate(2, (db, accumulate) -> into.run(
            new Reduce(
                Reduce.Function.SUM,
                into.scope().reshaped(dy, dy.count() / dy.size(3), dy.size(3)),
                db.unsqueeze(0),
                accumulate)));
      }
    }
  }
}
