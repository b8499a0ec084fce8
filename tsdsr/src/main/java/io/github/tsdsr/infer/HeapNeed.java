package io.github.tsdsr.infer;

import io.github.tsdsr.infer.size.OutputSize.Pixels;
import io.github.tsdsr.infer.size.SizePlan;
import io.github.tsdsr.sd3.VaeConfig;
import io.github.tsdsr.tensor.MemoryLimitException;

/**
 * What the Java heap must hold while a picture goes through: latents and pictures between the networks are arrays, tensors lie
 * elsewhere. Reckoned before the work, so that a picture that is too large fails at once.
 */
final class HeapNeed {
  private static final int CHANNELS = 3;
  /** The program itself, and what one strip of rows or one tile takes. */
  private static final long BESIDES = 160L << 20;
  /** Collectors cannot fill a heap to the last byte with large arrays. */
  private static final double USABLE = 0.88;

  private HeapNeed() {}

  /** About how many bytes. */
  static long bytes(SizePlan plan, VaeConfig vae, UpscaleSettings settings) {
    double latent = (double) vae.latentChannels() / vae.factor() / vae.factor();
    // Latent, blended velocity and its weights; student and decoded picture; decoded picture and result.
    double weights = 2.0 / vae.factor() / vae.factor();
    double floats = Math.max(2 * latent + weights, CHANNELS + Math.max(latent, CHANNELS));
    if (settings.sampleSeed().isPresent()) {
      floats = Math.max(floats, 3 * latent);
    }
    if (settings.published()) {
      // Bytes as well, and an alignment of the whole at once.
      floats = Math.max(floats, 7 * CHANNELS);
    }
    return (long) (Float.BYTES * (floats * pixels(plan.processed()) + CHANNELS * pixels(plan.input()))) + BESIDES;
  }

  /**
   * Refuses a picture that would not fit.
   *
   * @param heap the most bytes that the heap may have
   * @throws MemoryLimitException with what it needs
   */
  static void check(SizePlan plan, VaeConfig vae, UpscaleSettings settings, long heap) {
    long need = (long) (bytes(plan, vae, settings) / USABLE);
    if (need > heap) {
      Pixels in = plan.input();
      Pixels out = plan.output();
      throw new MemoryLimitException(
          "a picture of " + in.width() + "x" + in.height() + " to " + out.width() + "x" + out.height() + " takes about "
              + (need >> 20) + " MiB of Java heap, which may have " + (heap >> 20) + ": allow it more, by -Xmx"
              + Math.ceilDiv(need, 1L << 30) + "g");
    }
  }

  private static double pixels(Pixels size) {
    return (double) size.width() * size.height();
  }
}
