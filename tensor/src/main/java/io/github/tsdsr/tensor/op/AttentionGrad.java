package io.github.tsdsr.tensor.op;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.util.List;

/**
 * The gradients of {@link Attention}. With p = exp(s - lse) and ds = p (dy v^T - sum(dy y)): dv = p^T dy, dq = scale ds k, dk
 * = scale ds^T q, dbias = ds summed over the axes on which bias was broadcast.
 *
 * @param dbias as bias, or null where it is not wanted
 */
public record AttentionGrad(
    Tensor q,
    Tensor k,
    Tensor v,
    Tensor bias,
    boolean causal,
    double scale,
    Tensor y,
    Tensor lse,
    Tensor dy,
    Tensor dq,
    Tensor dk,
    Tensor dv,
    Tensor dbias) implements Fused {
  public AttentionGrad {
    String op = "AttentionGrad";
    Checks.floating(op, q, k, v, bias, y, lse, dy, dq, dk, dv, dbias);
    Attention.check(op, q, k, v, bias);
    Checks.shape(op, "y", y, q.size(0), q.size(1), q.size(2), v.size(3));
    Checks.shape(op, "dy", dy, y.shape());
    Checks.shape(op, "lse", lse, q.size(0), q.size(2), q.size(1));
    Checks.shape(op, "dq", dq, q.shape());
    Checks.shape(op, "dk", dk, k.shape());
    Checks.shape(op, "dv", dv, v.shape());
    Checks.that(dbias == null || bias != null && dbias.sameShape(bias), op, "dbias shaped as bias", bias, dbias);
    for (Tensor out : Checks.present(dq, dk, dv, dbias)) {
      Checks.disjoint(op, out, q, k, v, bias, y, lse, dy);
    }
  }

  @Override
  public List<Tensor> inputs() {
    return Checks.present(q, k, v, bias, y, lse, dy);
  }

  @Override
  public List<Tensor> outputs() {
    return Checks.present(dq, dk, dv, dbias);
  }

  @Override
  public void byPrimitives(Backend b, Scope s) {
    Formula f = new Formula(b, s, dq.dtype().accumulator());
    Tensor scores = Attention.scores(b, f, q, k, bias, causal, scale);
    Tensor p = f.apply(Unary.Function.EXP, f.sub(scores, lse.unsqueeze(3)));
    Tensor up = dy.permute(0, 2, 1, 3);
    Tensor delta = f.sum(f.mul(up, y.permute(0, 2, 1, 3)), -1);
    Tensor dp = f.matmul(up, v.permute(0, 2, 3, 1), 1);
    Tensor ds = f.mul(p, f.sub(dp, delta));
    f.into(f.matmul(p.transpose(), up, 1).permute(0, 2, 1, 3), dv);
    f.into(f.matmul(ds, k.permute(0, 2, 1, 3), scale).permute(0, 2, 1, 3), dq);
    f.into(f.matmul(ds.transpose(), q.permute(0, 2, 1, 3), scale).permute(0, 2, 1, 3), dk);
    if (dbias != null) {
      f.sumTo(ds, dbias);
    }
  }
}
