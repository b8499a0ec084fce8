package io.github.tsdsr.train.tsd;

import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Formula;

/**
 * VSD (Eq. 3): what the teacher and the LoRA model say differently about the student's latent, w(t) (eps_psi(zhat_t) -
 * eps_phi(zhat_t)), drives the student from where its own latents lie to where the teacher's do.
 */
final class VariationalScoreDistillation {
  private VariationalScoreDistillation() {}

  /**
   * eps_psi(zhat_t) - eps_phi(zhat_t), before the weight.
   *
   * @param teacher of the noised student's latent
   * @param lora of the same
   */
  static Tensor residual(Formula f, Tensor teacher, Tensor lora) {
    return f.sub(teacher, lora);
  }
}
