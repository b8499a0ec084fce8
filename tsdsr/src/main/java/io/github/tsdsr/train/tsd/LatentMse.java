package io.github.tsdsr.train.tsd;

import io.github.tsdsr.autograd.Grads;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Losses;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.util.Map;
import java.util.Set;

/** mean (zhat - z)^2: the student's latent against the clean photo's, in the first phase. */
public final class LatentMse {
  private LatentMse() {}

  /**
   * The loss of zhat.
   *
   * @param scope owns the gradient
   * @param zhat the student's latent (B,h,w,C)
   * @param z the clean photo's
   */
  public static LatentLoss loss(Scope scope, Tensor zhat, Tensor z) {
    try (Scope inner = scope.inner();
        Tape tape = new Tape(inner, Set.of(zhat))) {
      Var loss = Losses.mse(tape, tape.leaf(zhat), tape.leaf(z));
      Tensor seed = inner.full(1, zhat.dtype().accumulator(), loss.shape());
      try (Grads grads = tape.backward(Map.of(loss, seed))) {
        return new LatentLoss(
            Values.scalar(inner.backend(), loss.value()), scope.keep(grads.of(zhat).orElseThrow()));
      }
    }
  }
}
