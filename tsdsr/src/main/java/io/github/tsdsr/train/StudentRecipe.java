package io.github.tsdsr.train;

import io.github.tsdsr.data.Degradation;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.model.NetworkConfigs;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Training of a one-step student on a frozen autoencoder.
 *
 * @param degradation of photos
 * @param crop side of the crops in pixels, and of the tiles that the model will work in
 * @param tileOverlap of these tiles, in latent pixels
 * @param promptTokens how many tokens the learned prompt has
 */
public record StudentRecipe(
    FrozenVae vae, MmDitConfig transformer, Optional<Degradation> degradation,
    StudentObjective.LossWeights losses, int crop, int tileOverlap, int promptTokens) implements Recipe {
  /** Reads the keys of this mode. */
  static StudentRecipe of(Config config, RunSettings settings, Path base) throws IOException {
    FrozenVae vae = FrozenVae.at(base.resolve(config.text("vae")).normalize());
    MmDitConfig transformer = NetworkConfigs.transformer(config.section("transformer"));
    int crop = settings.crop();
    vae.check(config, config.section("transformer"), transformer, crop);
    int tile = crop / vae.config().factor();
    int overlap = config.integer("tile_overlap", tile / 4);
    if (overlap < 0 || overlap >= tile) {
      throw config.refused("tile_overlap", "0 to " + (tile - 1) + ", less than a tile");
    }
    int tokens = config.integer("prompt_tokens", 4);
    if (tokens < 1) {
      throw config.refused("prompt_tokens", "at least 1");
    }
    Optional<Degradation> degradation = settings.pictures().degradation(config, crop);
    StudentObjective.LossWeights losses =
        new StudentObjective.LossWeights(config.number("image", 1), config.number("latent", 0.25));
    return new StudentRecipe(vae, transformer, degradation, losses, crop, overlap, tokens);
  }

  @Override
  public Map<String, String> inputs() throws IOException {
    return vae.inputs();
  }

  @Override
  public Mode open(Backend backend, Scope scope, RunSettings settings, TrainingData data) throws IOException {
    return new StudentMode(backend, scope, this, settings, data);
  }
}
