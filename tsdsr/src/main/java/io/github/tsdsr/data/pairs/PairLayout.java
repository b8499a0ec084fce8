package io.github.tsdsr.data.pairs;

import java.nio.file.Path;

/** What lies where in a training set. */
final class PairLayout {
  /** Clean pictures. */
  static final String CLEAN = "gt";
  /** Degraded pictures, brought back to the clean ones' size. */
  static final String DEGRADED = "lr_bicubic";
  /** Clean pictures' latents, (channels, height, width). */
  static final String LATENTS = "latent_hr";
  /** Embedded prompts, (tokens, width). */
  static final String PROMPTS = "prompt_embeds";
  /** Pooled embedded prompts, (width). */
  static final String POOLED = "pool_embeds";
  /** How this program made the set. */
  static final String MANIFEST = "prepare.json";

  private PairLayout() {}

  static Path clean(Path set, String name) {
    return set.resolve(CLEAN).resolve(name + ".png");
  }

  static Path degraded(Path set, String name) {
    return set.resolve(DEGRADED).resolve(name + ".png");
  }

  static Path latent(Path set, String name) {
    return set.resolve(LATENTS).resolve(name + ".pt");
  }
}
