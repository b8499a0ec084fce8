package io.github.tsdsr.train.student;

import io.github.tsdsr.data.Degradation;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.train.mode.Mode;
import io.github.tsdsr.train.mode.Recipe;
import io.github.tsdsr.train.mode.RunSettings;
import io.github.tsdsr.train.mode.Workspace;
import io.github.tsdsr.train.network.TransformerPlan;
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
 */
public record StudentRecipe(
    TransformerPlan network, Optional<Degradation> degradation, StudentObjective.LossWeights losses, int crop,
    int tileOverlap) implements Recipe {
  /** Reads the keys of this mode. */
  public static StudentRecipe of(Config config, RunSettings settings, Path base) throws IOException {
    int crop = settings.crop();
    TransformerPlan network = TransformerPlan.of(config, base, crop, true);
    int tile = crop / network.vae().config().factor();
    int overlap = config.integer("tile_overlap", tile / 4);
    if (overlap < 0 || overlap >= tile) {
      throw config.refused("tile_overlap", "0 to " + (tile - 1) + ", less than a tile");
    }
    StudentObjective.LossWeights losses =
        new StudentObjective.LossWeights(config.number("image", 1), config.number("latent", 0.25));
    return new StudentRecipe(network, settings.pictures().degradation(config, crop), losses, crop, overlap);
  }

  @Override
  public Map<String, String> inputs() throws IOException {
    return network.vae().inputs();
  }

  @Override
  public Mode open(Workspace workspace) throws IOException {
    return new StudentMode(workspace, this);
  }
}
