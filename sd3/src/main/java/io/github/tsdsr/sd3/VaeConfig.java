package io.github.tsdsr.sd3;

import java.util.List;

/**
 * The shape of an autoencoder, as {@code vae/config.json} gives it.
 *
 * @param inChannels channels of a picture given
 * @param outChannels channels of a picture made
 * @param latentChannels channels of a latent
 * @param blockOutChannels channels of each level, from full resolution down; each level but the last halves the sides
 * @param layersPerBlock residual blocks a level of the encoder; the decoder has one more
 * @param normGroups groups of the group norms
 * @param midAttention whether the middle has a single-head attention
 * @param scalingFactor what latents are multiplied with between encoder and transformer
 * @param shiftFactor what SD3's own pipeline subtracts before that; TSD-SR's program does not
 */
public record VaeConfig(
    int inChannels,
    int outChannels,
    int latentChannels,
    List<Integer> blockOutChannels,
    int layersPerBlock,
    int normGroups,
    boolean midAttention,
    double scalingFactor,
    double shiftFactor) {
  public VaeConfig {
    blockOutChannels = List.copyOf(blockOutChannels);
    if (blockOutChannels.isEmpty() || normGroups < 1 || layersPerBlock < 1 || latentChannels < 1) {
      throw new IllegalArgumentException("an autoencoder's sizes are positive, got " + blockOutChannels);
    }
    for (int c : blockOutChannels) {
      if (c < 1 || c % normGroups != 0) {
        throw new IllegalArgumentException(
            "levels of " + blockOutChannels + " channels do not divide into " + normGroups + " groups");
      }
    }
  }

  /** Stable Diffusion 3 medium. */
  public static VaeConfig sd3Medium() {
    return new VaeConfig(3, 3, 16, List.of(128, 256, 512, 512), 2, 32, true, 1.5305, 0.0609);
  }

  /** Picture pixels per latent pixel along a side. */
  public int factor() {
    return 1 << (blockOutChannels.size() - 1);
  }
}
