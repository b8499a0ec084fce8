package io.github.tsdsr.infer;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.ByteRounding;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.sd3.FlowMatchScheduler;
import io.github.tsdsr.sd3.Guidance;
import io.github.tsdsr.sd3.GuidedSampler;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Random;

/**
 * Makes pictures from noise by guided sampling in several steps: shows what a teacher knows.
 *
 * @param adapters the transformer's, or none
 * @param text what to show, for one sample
 * @param nothing the empty prompt; for a guidance of 1 null will do
 */
public record PictureSampler(
    Backend backend, Vae vae, MmDit transformer, Adapters adapters, Prompt text, Prompt nothing, Guidance guidance,
    int steps) {
  /** Picture sides are multiples of this: the autoencoder's factor times the patch size. */
  public int multiple() {
    return vae.config().factor() * transformer.config().patchSize();
  }

  /**
   * One picture; the same for the same seed and number.
   *
   * @param number of the picture, from 0
   * @param listener hears of each step; may throw to end the sampling
   * @throws IllegalArgumentException if a side is no positive multiple of {@link #multiple}, or too large for the model
   */
  public BytePixels sample(int width, int height, long seed, long number, GuidedSampler.Listener listener) {
    if (width < 1 || height < 1 || width % multiple() != 0 || height % multiple() != 0) {
      throw new IllegalArgumentException(
          "size " + width + "x" + height + ": expected multiples of " + multiple() + " for this model");
    }
    int factor = vae.config().factor();
    try (Scope scope = Scope.on(backend)) {
      Tensor noise = scope.empty(DType.F32, 1, height / factor, width / factor, vae.config().latentChannels());
      backend.run(new Random(Random.Distribution.NORMAL, seed, number, 0, noise));
      Tensor latent = new GuidedSampler(transformer, FlowMatchScheduler.sd3(), guidance)
          .sample(scope, noise, text, nothing, steps, adapters, listener);
      Tape tape = Tape.inference(scope);
      float[] y = Values.floats(
          backend, vae.decode(tape, vae.unscaled(tape, tape.leaf(latent)), Adapters.NONE).value());
      return new FloatPixels(width, height, 3, y).signedToBytes(ByteRounding.NEAREST);
    }
  }
}
