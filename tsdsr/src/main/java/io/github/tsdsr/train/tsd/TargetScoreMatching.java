package io.github.tsdsr.train.tsd;

import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Formula;

/**
 * TSM (Eq. 4): what the teacher says differently about the student's latent and the clean photo's under the same noise, w(t)
 * (eps_psi(zhat_t) - eps_psi(z_t)): a direction to rely on where the student's latent is far from all the teacher knows.
 */
final class TargetScoreMatching {
  private TargetScoreMatching() {}

  /**
   * eps_psi(zhat_t) - eps_psi(z_t), before the weight.
   *
   * @param ofStudent the teacher's velocity of the noised student's latent
   * @param ofTarget of the noised clean latent
   */
  static Tensor residual(Formula f, Tensor ofStudent, Tensor ofTarget) {
    return f.sub(ofStudent, ofTarget);
  }
}
