package io.github.tsdsr.model;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.io.model.WeightFiles;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.VaeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A model: {@code model_index.json}, {@code transformer/}, {@code vae/}, and what goes with it. Its own defaults, such as
 * tile sizes, are in {@code tsdsr.json}. Weights are mapped into memory until it is closed.
 */
public final class ModelFolder implements AutoCloseable {
  private final Path folder;
  private final MmDitConfig transformerConfig;
  private final VaeConfig vaeConfig;
  private final WeightFiles transformer;
  private final WeightFiles vae;

  private ModelFolder(Path folder) throws IOException {
    this.folder = folder;
    transformerConfig = NetworkConfigs.transformer(Config.json(required("transformer/config.json")));
    vaeConfig = NetworkConfigs.vae(Config.json(required("vae/config.json")));
    vae = WeightFiles.open(folder.resolve("vae"));
    try {
      transformer = WeightFiles.open(folder.resolve("transformer"));
    } catch (IOException | RuntimeException e) {
      vae.close();
      throw e;
    }
  }

  /**
   * Opens a model.
   *
   * @throws FormatException if a part is missing or not valid
   */
  public static ModelFolder open(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new FormatException(folder.toString(), "not a folder; a model is a folder with transformer/ and vae/");
    }
    return new ModelFolder(folder);
  }

  private Path required(String name) {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new FormatException(folder.toString(), "not a model: " + name + " is not there");
    }
    return file;
  }

  public Path path() {
    return folder;
  }

  public MmDitConfig transformerConfig() {
    return transformerConfig;
  }

  public VaeConfig vaeConfig() {
    return vaeConfig;
  }

  public WeightFiles transformer() {
    return transformer;
  }

  public WeightFiles vae() {
    return vae;
  }

  /** The model's own defaults; empty if it states none. */
  public Optional<Config> defaults() throws IOException {
    Path file = folder.resolve("tsdsr.json");
    return Files.isRegularFile(file) ? Optional.of(Config.json(file)) : Optional.empty();
  }

  @Override
  public void close() {
    transformer.close();
    vae.close();
  }
}
