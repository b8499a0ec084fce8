package io.github.tsdsr.train;

import io.github.tsdsr.data.Degradation;
import io.github.tsdsr.data.degrade.DegradationConfig;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.model.NetworkConfigs;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.VaeConfig;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/**
 * Training of a one-step student on a frozen autoencoder.
 *
 * @param vaeFolder holds the autoencoder's configuration and weights
 * @param crop side of the crops in pixels, and of the tiles that the model will work in
 * @param tileOverlap of these tiles, in latent pixels
 * @param promptTokens how many tokens the learned prompt has
 */
record StudentRecipe(
    Path vaeFolder, VaeConfig vae, MmDitConfig transformer, Degradation degradation,
    StudentObjective.LossWeights losses, int crop, int tileOverlap, int promptTokens) implements Recipe {
  /** Reads the keys of this mode. */
  static StudentRecipe of(Config config, RunSettings settings, Path base) throws IOException {
    Path vaeFolder = base.resolve(config.text("vae")).normalize();
    Path vaeFile = vaeFolder.resolve("config.json");
    if (!Files.isRegularFile(vaeFile)) {
      throw new FormatException(
          vaeFolder.toString(), "no config.json here; expected a trained autoencoder, such as a run's model/vae");
    }
    if (!Files.isRegularFile(ModelExport.fileIn(vaeFolder))) {
      throw new FormatException(vaeFolder.toString(), "expected the autoencoder's weights in "
          + ModelExport.fileIn(vaeFolder).getFileName());
    }
    VaeConfig vae = NetworkConfigs.vae(Config.json(vaeFile));
    MmDitConfig transformer = NetworkConfigs.transformer(config.section("transformer"));
    int crop = settings.crop();
    int multiple = vae.factor() * transformer.patchSize();
    if (crop % multiple != 0) {
      throw config.refused("crop", "a multiple of " + multiple + ", the autoencoder's factor times the patch size");
    }
    check(config.section("transformer"), vae, transformer);
    int tile = crop / vae.factor();
    int overlap = config.integer("tile_overlap", tile / 4);
    if (overlap < 0 || overlap >= tile) {
      throw config.refused("tile_overlap", "0 to " + (tile - 1) + ", less than a tile");
    }
    int tokens = config.integer("prompt_tokens", 4);
    if (tokens < 1) {
      throw config.refused("prompt_tokens", "at least 1");
    }
    Degradation degradation = degradation(config.section("degradation"));
    if (crop % degradation.scale() != 0) {
      throw config.refused("crop", "a multiple of " + degradation.scale() + ", by which photos are made smaller");
    }
    StudentObjective.LossWeights losses =
        new StudentObjective.LossWeights(config.number("image", 1), config.number("latent", 0.25));
    return new StudentRecipe(vaeFolder, vae, transformer, degradation, losses, crop, overlap, tokens);
  }

  private static void check(Config section, VaeConfig vae, MmDitConfig transformer) {
    if (transformer.inChannels() != vae.latentChannels()) {
      throw section.refused("in_channels", vae.latentChannels() + ", as many as the autoencoder's latents have");
    }
    if (transformer.outChannels() != vae.latentChannels()) {
      throw section.refused("out_channels", vae.latentChannels() + ", as many as the autoencoder's latents have");
    }
  }

  private static Degradation degradation(Config c) {
    try {
      return DegradationConfig.read(c);
    } catch (IllegalArgumentException e) {
      throw new FormatException(c.file(), "key degradation: " + e.getMessage());
    }
  }

  @Override
  public Map<String, String> inputs() throws IOException {
    CRC32 crc = new CRC32();
    try (InputStream in = new CheckedInputStream(Files.newInputStream(ModelExport.fileIn(vaeFolder)), crc)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return Map.of("autoencoder's weights", String.format(Locale.ROOT, "%08x", crc.getValue()));
  }

  @Override
  public Mode open(Backend backend, Scope scope, RunSettings settings, TrainingData data) throws IOException {
    return new StudentMode(backend, scope, this, settings, data);
  }
}
