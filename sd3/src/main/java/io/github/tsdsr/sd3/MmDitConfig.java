package io.github.tsdsr.sd3;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The shape of a multimodal diffusion transformer, as {@code transformer/config.json} gives it.
 *
 * @param patchSize side of a patch, in latent pixels
 * @param inChannels channels of the latent
 * @param outChannels channels of the prediction
 * @param layers number of joint blocks
 * @param heads attention heads
 * @param headDim channels of a head; the width is heads times this
 * @param jointAttentionDim channels of the prompt's tokens
 * @param pooledProjectionDim channels of the pooled prompt
 * @param sampleSize side of the latents it was trained on, from which the position table is scaled
 * @param posEmbedMaxSize side of the position table, in patches
 * @param dualAttentionLayers blocks with a second attention over the image tokens alone (SD3.5-medium)
 * @param qkRmsNorm whether queries and keys are RMS-normalised (SD3.5)
 */
public record MmDitConfig(
    int patchSize,
    int inChannels,
    int outChannels,
    int layers,
    int heads,
    int headDim,
    int jointAttentionDim,
    int pooledProjectionDim,
    int sampleSize,
    int posEmbedMaxSize,
    Set<Integer> dualAttentionLayers,
    boolean qkRmsNorm) {
  public MmDitConfig {
    for (int n : new int[] {
      patchSize, inChannels, outChannels, layers, heads, headDim, jointAttentionDim, pooledProjectionDim, sampleSize,
      posEmbedMaxSize
    }) {
      if (n < 1) {
        throw new IllegalArgumentException("a transformer's sizes are positive, got " + n);
      }
    }
    dualAttentionLayers = Set.copyOf(dualAttentionLayers);
  }

  /** Stable Diffusion 3 medium. */
  public static MmDitConfig sd3Medium() {
    return new MmDitConfig(2, 16, 16, 24, 24, 64, 4096, 2048, 128, 192, Set.of(), false);
  }

  /** Stable Diffusion 3.5 medium. */
  public static MmDitConfig sd35Medium() {
    Set<Integer> dual = IntStream.range(0, 13).boxed().collect(Collectors.toUnmodifiableSet());
    return new MmDitConfig(2, 16, 16, 24, 24, 64, 4096, 2048, 128, 384, dual, true);
  }

  /** Channels of a token. */
  public int width() {
    return heads * headDim;
  }
}
