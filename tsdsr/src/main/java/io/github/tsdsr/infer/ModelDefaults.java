package io.github.tsdsr.infer;

import io.github.tsdsr.infer.colour.ColourAlignment;
import io.github.tsdsr.infer.size.OutputSize;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.model.ModelFolder;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/** The settings that suit a model: what its {@code tsdsr.json} says, else SD3's under our own rule. */
public final class ModelDefaults {
  private ModelDefaults() {}

  /** Reads a model's settings. */
  public static UpscaleSettings of(ModelFolder folder) throws IOException {
    Optional<Config> own = folder.defaults();
    Tiling base = Tiling.published();
    if (own.isEmpty()) {
      return new UpscaleSettings(new OutputSize.Scale(4), 512, ColourAlignment.WAVELET, base, false);
    }
    Config c = own.get();
    UpscaleSettings settings = new UpscaleSettings(
        new OutputSize.Scale(c.number("scale", 4)),
        c.integer("process_size", 512),
        align(c.file(), c.text("align", "wavelet")),
        new Tiling(
            c.integer("tile", base.latent()), c.integer("tile_overlap", base.overlap()),
            c.integer("vae_encoder_tile", base.encoder()), c.integer("vae_decoder_tile", base.decoder())),
        false);
    c.refuseUnread();
    return settings;
  }

  private static ColourAlignment align(String file, String name) {
    try {
      return ColourAlignment.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new FormatException(file, "key align: expected wavelet, adain or none, got " + name);
    }
  }
}
