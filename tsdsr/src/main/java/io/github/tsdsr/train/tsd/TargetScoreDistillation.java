package io.github.tsdsr.train.tsd;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Formula;
import io.github.tsdsr.tensor.op.Reduce;

/**
 * TSD (Eq. 5): g = lambda VSD + (1 - lambda) TSM = sum over points of w(t) [eps_psi(zhat_t) - eps_psi(z_t) + lambda
 * (eps_psi(z_t) - eps_phi(zhat_t))]. Its gradient is given at the student's latent, from where it goes on to the student;
 * teacher and LoRA model get none.
 */
public final class TargetScoreDistillation {
  private TargetScoreDistillation() {}

  /**
   * g, shaped as the latent.
   *
   * @param scope owns it
   * @param lambda 1 for VSD alone, 0 for TSM alone
   */
  public static Tensor direction(Scope scope, DistributionAwareSampling.Residuals sums, double lambda) {
    try (Scope inner = scope.inner()) {
      Formula f = new Formula(inner.backend(), inner, sums.vsd().dtype());
      return inner.outward(f.add(f.affine(sums.vsd(), lambda, 0), f.affine(sums.tsm(), 1 - lambda, 0)));
    }
  }

  /**
   * 0.5 mean((zhat - stopgrad(zhat - g))^2): the value 0.5 mean(g^2), the gradient g / number of elements.
   *
   * @param scope owns the gradient
   */
  public static LatentLoss loss(Scope scope, Tensor g) {
    DType dtype = g.dtype();
    try (Scope inner = scope.inner()) {
      Formula f = new Formula(inner.backend(), inner, dtype);
      Tensor squares = inner.empty(dtype, 1);
      inner.backend().run(new Reduce(Reduce.Function.SUM_OF_SQUARES, inner.reshaped(g, g.count()), squares));
      double value = 0.5 * Values.scalar(inner.backend(), squares) / g.count();
      return new LatentLoss(value, inner.outward(f.affine(g, 1.0 / g.count(), 0)));
    }
  }
}
