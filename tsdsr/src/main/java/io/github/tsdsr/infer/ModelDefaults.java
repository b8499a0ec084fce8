package io.github.tsdsr.infer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tsdsr.infer.colour.ColourAlignment;
import io.github.tsdsr.infer.size.OutputSize;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.io.file.AtomicFile;
import io.github.tsdsr.model.ModelFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * What suits a model: what its {@code tsdsr.json} says, else SD3's under our own rule.
 *
 * @param lora the folder in the model whose adapters belong to it, if there is one
 */
public record ModelDefaults(UpscaleSettings settings, Optional<String> lora) {
  private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

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

  /** Writes them into a model's folder, for {@link #of}. */
  public void write(Path folder) throws IOException {
    Tiling t = settings.tiling();
    ObjectNode node = MAPPER.createObjectNode()
        .put("scale", ((OutputSize.Scale) settings.size()).factor())
        .put("process_size", settings.processSize())
        .put("align", settings.align().name().toLowerCase(Locale.ROOT))
        .put("tile", t.latent())
        .put("tile_overlap", t.overlap())
        .put("vae_encoder_tile", t.encoder())
        .put("vae_decoder_tile", t.decoder());
    lora.ifPresent(name -> node.put("lora", name));
    AtomicFile.write(
        folder.resolve("tsdsr.json"), (MAPPER.writeValueAsString(node) + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
