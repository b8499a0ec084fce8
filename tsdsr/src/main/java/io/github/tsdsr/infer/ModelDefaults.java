package io.github.tsdsr.infer;

import io.github.tsdsr.infer.colour.ColourAlignment;
import io.github.tsdsr.infer.size.OutputSize;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.model.ModelFolder;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/**
 * What suits a model: what its {@code tsdsr.json} says, else SD3's under our own rule.
 *
 * @param lora the folder in the model whose adapters belong to it, if there is one
 */
public record ModelDefaults(UpscaleSettings settings, Optional<String> lora) {
  /** Reads what a model says. */
  public static ModelDefaults of(ModelFolder folder) throws IOException {
    Optional<Config> own = folder.defaults();
    Tiling base = Tiling.byMemory();
    if (own.isEmpty()) {
      return new ModelDefaults(
          new UpscaleSettings(new OutputSize.Scale(4), 512, ColourAlignment.WAVELET, base, false), Optional.empty());
    }
    Config c = own.get();
    ModelDefaults defaults;
    try {
      UpscaleSettings settings = new UpscaleSettings(
          new OutputSize.Scale(c.number("scale", 4)),
          c.integer("process_size", 512),
          align(c.file(), c.text("align", "wavelet")),
          new Tiling(
              c.integer("tile", base.latent()), c.integer("tile_overlap", base.overlap()),
              c.integer("vae_encoder_tile", base.encoder()), c.integer("vae_decoder_tile", base.decoder())),
          false);
      defaults = new ModelDefaults(settings, c.optionalText("lora"));
    } catch (IllegalArgumentException e) {
      throw new FormatException(c.file(), e.getMessage());
    }
    c.refuseUnread();
    return defaults;
  }

  private static ColourAlignment align(String file, String name) {
    try {
      return ColourAlignment.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new FormatException(file, "key align: expected wavelet, adain or none, got " + name);
    }
  }
}
