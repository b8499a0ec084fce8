package io.github.tsdsr.autograd.fn;

import io.github.tsdsr.autograd.Node;
import io.github.tsdsr.autograd.Sink;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.AttentionGrad;
import java.util.List;

/** Scaled dot-product attention per head. */
public final class Attention {
  private Attention() {}

  /**
   * softmax(scale q k^T + bias) v.
   *
   * @param q (B,Lq,H,D)
   * @param k (B,Lk,H,D)
   * @param v (B,Lk,H,Dv)
   * @param bias broadcast to (B,H,Lq,Lk), or null
   * @param causal whether keys after the query are left out
   * @return (B,Lq,H,Dv), of q's type
   */
  public static Var apply(Tape tape, Var q, Var k, Var v, Var bias, boolean causal, double scale) {
    Tensor y = tape.empty(q.dtype(), q.size(0), q.size(1), q.size(2), v.size(3));
    boolean records = tape.records(q, k, v, bias);
    Tensor lse = records ? tape.empty(q.dtype().accumulator(), q.size(0), q.size(2), q.size(1)) : null;
    Tensor b = bias == null ? null : bias.value();
    tape.run(new io.github.tsdsr.tensor.op.Attention(q.value(), k.value(), v.value(), b, causal, scale, y, lse));
    Back back = new Back(q.value(), k.value(), v.value(), b, causal, scale, y, lse);
    return bias == null ? tape.record(y, back, q, k, v) : tape.record(y, back, q, k, v, bias);
  }

  private record Back(
      Tensor q, Tensor k, Tensor v, Tensor bias, boolean causal, double scale, Tensor y, Tensor lse) implements Node {
    @Override
    public List<Tensor> saved() {
      return Saved.of(q, k, v, bias, y, lse);
    }

    @Override
    public void backward(Tensor dy, Sink into) {
      Tensor dq = into.empty(q.shape());
      Tensor dk = into.empty(k.shape());
      Tensor dv = into.empty(v.shape());
      Tensor dbias = bias != null && into.wants(3) ? into.empty(bias.shape()) : null;
      into.run(new AttentionGrad(q, k, v, bias, causal, scale, y, lse, dy, dq, dk, dv, dbias));
      into.add(0, dq);
      into.add(1, dk);
      into.add(2, dv);
      if (bias != null) {
        into.add(3, dbias);
      }
    }
  }
}
