package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/**
 * Scaled dot-product attention per head: s = scale q k^T + bias (-inf for keys after the query where causal), y =
 * softmax(s) v, lse = log sum exp(s).
 *
 * @param q (B,Lq,H,D): a view of tokens (B,Lq,H*D)
 * @param k (B,Lk,H,D)
 * @param v (B,Lk,H,Dv)
 * @param bias added to the scores, broadcast to (B,H,Lq,Lk); or null
 * @param y (B,Lq,H,Dv)
 * @param lse (B,H,Lq), what the backward pass needs; or null
 */
public record Attention(
    Tensor q, Tensor k, Tensor v, Tensor bias, boolean causal, double scale, Tensor y, Tensor lse) implements Fused {
  public Attention {
    Checks.floating("Attention", q, k, v, bias, y, lse);
    check("Attention", q, k, v, bias);
    Checks.shape("Attention", "y", y, q.size(0), q.size(1), q.size(2), v.size(3));
    Checks.disjoint("Attention", y, q, k, v, bias);
    if (lse != null) {
      Checks.shape("Attention", "lse", lse, q.size(0), q.size(2), q.size(1));
      Checks.disjoint("Attention", lse, q, k, v, bias, y);
    }
  }

  static void check(String op, Tensor q, Tensor k, Tensor v, Tensor bias) {
    Checks.that(q.rank() == 4 && k.rank() == 4 && v.rank() == 4, op, "q, k and v of four axes", q, k, v);
    Checks.shape(op, "k", k, q.size(0), k.size(1), q.size(2), q.size(3));
    Checks.shape(op, "v", v, q.size(0), k.size(1), q.size(2), v.size(3));
    if (bias != null) {
      bias.broadcast(q.size(0), q.size(2), q.size(1), k.size(1));
    }
  }

  @Override
  public List<Tensor> inputs() {
    return Checks.present(q, k, v, bias);
  }

  @Override
  public List<Tensor> outputs() {
    return Checks.present(y, lse);
  }

  @Override
  public void byPrimitives(Backend b, Scope s) {
    Formula f = new Formula(b, s, y.dtype().accumulator());
    Tensor scores = scores(b, f, q, k, bias, causal, scale);
    Tensor top = f.reduce(Reduce.Function.MAX, scores, -1);
    Tensor e = f.apply(Unary.Function.EXP, f.sub(scores, top));
    Tensor sum = f.sum(e, -1);
    f.into(f.matmul(f.div(e, sum), v.permute(0, 2, 1, 3), 1).permute(0, 2, 1, 3), y);
    if (lse != null) {
      f.into(f.add(top, f.apply(Unary.Function.LOG, sum)).squeeze(-1), lse);
    }
  }

  /** The scores (B,H,Lq,Lk) before the softmax. */
  static Tensor scores(Backend b, Formula f, Tensor q, Tensor k, Tensor bias, boolean causal, double scale) {
    Tensor scores = f.matmul(q.permute(0, 2, 1, 3), k.permute(0, 2, 3, 1), scale);
    if (bias != null) {
      scores = f.add(scores, bias);
    }
    if (causal) {
      for (long i = 0; i < scores.size(2) && i + 1 < scores.size(3); i++) {
        b.run(new Fill(scores.slice(2, i, i + 1).slice(3, i + 1, scores.size(3)), Double.NEGATIVE_INFINITY));
      }
    }
    return scores;
  }
}
