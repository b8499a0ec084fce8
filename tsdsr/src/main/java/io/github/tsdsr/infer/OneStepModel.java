package io.github.tsdsr.infer;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.sd3.Condition;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;

/**
 * The networks of one-step super-resolution with the condition that never changes: full noise level (t = 1000) and the
 * default prompt. Belongs to the backend and the thread of the scope it was made in.
 */
public final class OneStepModel {
  /** The time of the one step: as if the degraded latent were pure noise. */
  public static final double TIME = 1000;

  private final Vae vae;
  private final MmDit transformer;
  private final Adapters vaeAdapters;
  private final Adapters transformerAdapters;
  private final Condition condition;

  /**
   * @param scope owns the condition; must outlive this
   * @param prompt the default prompt (1,S,joint_attention_dim), in the activations' type
   * @param pooled the pooled default prompt (1,pooled_projection_dim)
   */
  public OneStepModel(
      Scope scope,
      Vae vae,
      Adapters vaeAdapters,
      MmDit transformer,
      Adapters transformerAdapters,
      Tensor prompt,
      Tensor pooled) {
    this.vae = vae;
    this.vaeAdapters = vaeAdapters;
    this.transformer = transformer;
    this.transformerAdapters = transformerAdapters;
    Tape tape = Tape.inference(scope);
    this.condition = transformer.condition(
        tape, new double[] {TIME}, tape.leaf(prompt), tape.leaf(pooled), transformerAdapters);
  }

  public Vae vae() {
    return vae;
  }

  public MmDit transformer() {
    return transformer;
  }

  Adapters vaeAdapters() {
    return vaeAdapters;
  }

  Adapters transformerAdapters() {
    return transformerAdapters;
  }

  Condition condition() {
    return condition;
  }

  /** Sides of a processed picture are multiples of this: VAE factor times patch size. */
  public int multiple() {
    return vae.config().factor() * transformer.config().patchSize();
  }
}
