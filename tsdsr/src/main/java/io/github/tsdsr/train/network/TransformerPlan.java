package io.github.tsdsr.train.network;

import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.model.NetworkConfigs;
import io.github.tsdsr.sd3.MmDitConfig;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A transformer to be trained from its start on a frozen autoencoder.
 *
 * @param localStart whether heads begin by looking at neighbouring patches
 * @param promptTokens how many tokens each prompt has that is learned with it
 */
public record TransformerPlan(FrozenVae vae, MmDitConfig transformer, boolean localStart, int promptTokens) {
  /**
   * Reads {@code vae}, {@code transformer} and {@code prompt_tokens}.
   *
   * @param base the folder that paths are relative to
   * @param crop side of the crops in pixels
   * @throws io.github.tsdsr.io.FormatException if the autoencoder is not there, or a value does not fit
   */
  public static TransformerPlan of(Config c, Path base, int crop, boolean localStart) throws IOException {
    FrozenVae vae = FrozenVae.at(base.resolve(c.text("vae")).normalize());
    Config section = c.section("transformer");
    MmDitConfig transformer = NetworkConfigs.transformer(section);
    vae.check(c, section, transformer, crop);
    int tokens = c.integer("prompt_tokens", 4);
    if (tokens < 1) {
      throw c.refused("prompt_tokens", "at least 1");
    }
    return new TransformerPlan(vae, transformer, localStart, tokens);
  }
}
