package io.github.tsdsr.model;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.NamedWeights;
import io.github.tsdsr.sd3.LoraSet;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.WeightPlan;
import io.github.tsdsr.tensor.Layout;
import io.github.tsdsr.tensor.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The adapters in a folder: {@code transformer.safetensors}, {@code vae.safetensors} or both, under the names of TSD-SR's
 * published files.
 */
public final class AdapterFiles implements AutoCloseable {
  private static final String TRANSFORMER = "transformer.safetensors";
  private static final String VAE = "vae.safetensors";

  private final String name;
  private final NamedWeights transformer;
  private final NamedWeights vae;

  private AdapterFiles(String name, NamedWeights transformer, NamedWeights vae) {
    this.name = name;
    this.transformer = transformer;
    this.vae = vae;
  }

  /**
   * Opens a folder's adapters.
   *
   * @throws FormatException if there are none or a file is not valid
   */
  public static AdapterFiles open(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new FormatException(folder.toString(),
          "not a folder; adapters are a folder with " + TRANSFORMER + ", " + VAE
              + " or both");
    }
    return open(new ModelSource.Folder(folder), "");
  }

  /**
   * @param folder empty, or ends with a slash
   */
  static AdapterFiles open(ModelSource source, String folder) throws IOException {
    boolean ofTransformer = source.has(folder + TRANSFORMER);
    boolean ofVae = source.has(folder + VAE);
    if (!ofTransformer && !ofVae) {
      throw new FormatException(
          source.name(), "no adapters: expected " + folder + TRANSFORMER + ", " + folder + VAE + " or both");
    }
    NamedWeights transformer = ofTransformer ? source.file(folder + TRANSFORMER) : null;
    try {
      return new AdapterFiles(source.name(), transformer, ofVae ? source.file(folder + VAE) : null);
    } catch (IOException | RuntimeException e) {
      if (transformer != null) {
        transformer.close();
      }
      throw e;
    }
  }

  /**
   * The transformer's adapters, if there are any.
   *
   * @throws WeightsException if the file holds anything else
   */
  public Optional<LoraSet> transformer() {
    return Optional.ofNullable(transformer).map(AdapterFiles::set);
  }

  /**
   * The adapters of a transformer of this shape.
   *
   * @throws FormatException if there are none, or one is on no module of the transformer
   * @throws WeightsException if the file holds anything else
   */
  public LoraSet transformerOf(MmDitConfig config) {
    LoraSet set = transformer().orElseThrow(() -> new FormatException(name, "no adapters of a transformer here"));
    Map<String, Layout> shapes = WeightPlan.of(config).shapes();
    try {
      set.checkFits(weight -> Optional.ofNullable(shapes.get(weight)));
    } catch (WeightsException e) {
      throw new FormatException(name, e.getMessage());
    }
    return set;
  }

  /**
   * The autoencoder's adapters, if there are any.
   *
   * @throws WeightsException if the file holds anything else
   */
  public Optional<LoraSet> vae() {
    return Optional.ofNullable(vae).map(AdapterFiles::set);
  }

  private static LoraSet set(NamedWeights file) {
    return new LoraSet(file.names(), file, 1);
  }

  @Override
  public void close() {
    if (transformer != null) {
      transformer.close();
    }
    if (vae != null) {
      vae.close();
    }
  }
}
