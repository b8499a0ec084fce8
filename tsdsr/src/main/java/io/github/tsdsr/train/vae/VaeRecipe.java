package io.github.tsdsr.train.vae;

import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.model.NetworkConfigs;
import io.github.tsdsr.sd3.VaeConfig;
import io.github.tsdsr.train.mode.Mode;
import io.github.tsdsr.train.mode.Recipe;
import io.github.tsdsr.train.mode.RunSettings;
import io.github.tsdsr.train.mode.Workspace;
import java.util.Map;

/**
 * Training of an autoencoder.
 *
 * @param kl the weight of the divergence
 */
public record VaeRecipe(VaeConfig vae, double kl) implements Recipe {
  /** Reads the keys of this mode. */
  public static VaeRecipe of(Config config, RunSettings settings) {
    VaeConfig vae = NetworkConfigs.vae(config.section("vae"));
    double kl = config.number("kl", 1.6e-5);
    if (!(kl >= 0)) {
      throw config.refused("kl", "a number of at least 0");
    }
    if (settings.crop() % vae.factor() != 0) {
      throw config.refused("crop", "a multiple of " + vae.factor() + ", by which the autoencoder shrinks");
    }
    return new VaeRecipe(vae, kl);
  }

  @Override
  public Map<String, String> inputs() {
    return Map.of();
  }

  @Override
  public Mode open(Workspace workspace) {
    return new VaeMode(workspace, this);
  }
}
