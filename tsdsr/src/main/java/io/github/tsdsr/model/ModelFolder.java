package io.github.tsdsr.model;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.NamedWeights;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.io.model.EmbeddingFiles;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.VaeConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A model: {@code model_index.json}, {@code transformer/}, {@code vae/}, and what goes with it. Its own defaults, such as
 * tile sizes, are in {@code tsdsr.json}. Weights stay in memory, mapped where they lie in files, until it is closed.
 */
public final class ModelFolder implements AutoCloseable {
  private final ModelSource source;
  private final MmDitConfig transformerConfig;
  private final VaeConfig vaeConfig;
  private final NamedWeights transformer;
  private final NamedWeights vae;

  private ModelFolder(ModelSource source) throws IOException {
    this.source = source;
    transformerConfig = NetworkConfigs.transformer(required("transformer/config.json"));
    vaeConfig = NetworkConfigs.vae(required("vae/config.json"));
    vae = source.weights("vae");
    try {
      transformer = source.weights("transformer");
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
    return new ModelFolder(new ModelSource.Folder(folder));
  }

  /**
   * Opens a model that comes with the library.
   *
   * @throws FormatException if this build has it not
   */
  public static ModelFolder builtIn(BuiltInModel model) throws IOException {
    return new ModelFolder(model.source());
  }

  /** Opens a model among the resources of the class path. */
  static ModelFolder resources(Class<?> anchor, String base, String name) throws IOException {
    return new ModelFolder(new ModelSource.Resources(anchor, List.of(base), name));
  }

  private Config required(String file) throws IOException {
    if (!source.has(file)) {
      throw new FormatException(source.name(), "not a model: " + file + " is not there");
    }
    return source.json(file);
  }

  /** What messages call the model: its folder. */
  public String name() {
    return source.name();
  }

  public MmDitConfig transformerConfig() {
    return transformerConfig;
  }

  public VaeConfig vaeConfig() {
    return vaeConfig;
  }

  public NamedWeights transformer() {
    return transformer;
  }

  public NamedWeights vae() {
    return vae;
  }

  /** The model's default prompt, embedded; to be closed by who asked. */
  public EmbeddingFiles defaultPrompt() throws IOException {
    return source.embeddings("embeddings/default");
  }

  /** The embedded empty prompt, which guidance leads away from; to be closed by who asked. */
  public EmbeddingFiles nullPrompt() throws IOException {
    return source.embeddings("embeddings/null");
  }

  /** The adapters in a folder of the model; to be closed by who asked. */
  public AdapterFiles adapters(String folder) throws IOException {
    return AdapterFiles.open(source, folder + "/");
  }

  /** The model's own defaults; empty if it states none. */
  public Optional<Config> defaults() throws IOException {
    return source.has("tsdsr.json") ? Optional.of(source.json("tsdsr.json")) : Optional.empty();
  }

  @Override
  public void close() {
    transformer.close();
    vae.close();
  }
}
