package io.github.tsdsr.model;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.VaeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** The shapes of a model's two networks, which must fit each other. */
public record ModelShape(MmDitConfig transformer, VaeConfig vae) {
  private static final Map<String, ModelShape> KNOWN = new TreeMap<>(Map.of(
      "sd3-medium", new ModelShape(MmDitConfig.sd3Medium(), VaeConfig.sd3Medium()),
      "sd3.5-medium", new ModelShape(MmDitConfig.sd35Medium(), VaeConfig.sd3Medium())));

  public ModelShape {
    if (transformer.inChannels() != vae.latentChannels() || transformer.outChannels() != vae.latentChannels()) {
      throw new IllegalArgumentException(
          "the transformer takes " + transformer.inChannels() + " and gives " + transformer.outChannels()
              + " channels, the autoencoder's latents have " + vae.latentChannels());
    }
    if (transformer.width() % 4 != 0) {
      throw new IllegalArgumentException(
          "a width of " + transformer.width() + " channels, the position table needs a multiple of 4");
    }
  }

  /**
   * The shape that a name or a file stands for.
   *
   * @param source sd3-medium, sd3.5-medium; a folder with {@code transformer/config.json} and {@code vae/config.json}; or a
   *     JSON or YAML file whose keys {@code transformer} and {@code vae} hold what these would
   * @throws FormatException if it is none of these or not valid
   */
  public static ModelShape of(String source) throws IOException {
    ModelShape known = KNOWN.get(source.toLowerCase(Locale.ROOT));
    if (known != null) {
      return known;
    }
    Path path = Path.of(source);
    if (Files.isDirectory(path)) {
      return of(source, Config.json(part(path, "transformer/config.json")), Config.json(part(path, "vae/config.json")));
    }
    if (!Files.isRegularFile(path)) {
      throw new FormatException(source,
          "expected " + String.join(", ", KNOWN.keySet()) + ", or a folder or file with a model's shape");
    }
    Config config = source.endsWith(".json") ? Config.json(path) : Config.yaml(path, Map.of());
    ModelShape shape = of(source, config.section("transformer"), config.section("vae"));
    config.refuseUnread();
    return shape;
  }

  private static Path part(Path folder, String name) {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new FormatException(folder.toString(), "no shape of a model: " + name + " is not there");
    }
    return file;
  }

  private static ModelShape of(String source, Config transformer, Config vae) {
    MmDitConfig t = NetworkConfigs.transformer(transformer);
    VaeConfig v = NetworkConfigs.vae(vae);
    try {
      return new ModelShape(t, v);
    } catch (IllegalArgumentException e) {
      throw new FormatException(source, e.getMessage());
    }
  }
}
