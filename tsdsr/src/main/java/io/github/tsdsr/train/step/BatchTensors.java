package io.github.tsdsr.train.step;

import io.github.tsdsr.data.PairSource;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.util.Optional;

/** A batch's pictures and what is stored with them, as tensors in F32. */
public final class BatchTensors {
  private BatchTensors() {}

  /**
   * Pictures (N,H,W,3).
   *
   * @param samples of the batch, clean or degraded
   */
  public static Tensor pictures(Scope scope, PairSource.Batch batch, float[] samples) {
    return Values.tensor(scope, DType.F32, samples, batch.count(), batch.size(), batch.size(), 3);
  }

  /** The stored latents of the clean pictures (N,h,w,C), if there are any. */
  public static Optional<Tensor> latents(Scope scope, PairSource.Batch batch) {
    return batch.caches().latents().map(stored -> {
      try (Scope inner = scope.inner()) {
        return inner.outward(inner.copy(tensor(inner, stored).permute(0, 2, 3, 1), DType.F32));
      }
    });
  }

  /** The stored prompts of N samples, if there are any. */
  public static Optional<Prompt> prompts(Scope scope, PairSource.Batch batch) {
    return batch.caches().tokens().map(
        tokens -> new Prompt(tensor(scope, tokens), tensor(scope, batch.caches().pooled().orElseThrow())));
  }

  private static Tensor tensor(Scope scope, PairSource.Stored stored) {
    return Values.tensor(scope, DType.F32, stored.values(), stored.shape());
  }
}
