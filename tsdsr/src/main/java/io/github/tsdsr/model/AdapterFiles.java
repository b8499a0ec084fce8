package io.github.tsdsr.model;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.sd3.LoraSet;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.WeightPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The adapters in a folder: {@code transformer.safetensors}, {@code vae.safetensors} or both, under the names of TSD-SR's
 * published files.
 */
public final class AdapterFiles implements AutoCloseable {
  private static final String TRANSFORMER = "transformer.safetensors";
  private static final String VAE = "vae.safetensors";

  private final String name;
  private final OpenParts open;
  private final Optional<AdapterFile> transformer;
  private final Optional<AdapterFile> vae;

  private AdapterFiles(
      String name, OpenParts open, Optional<AdapterFile> transformer, Optional<AdapterFile> vae) {
    this.name = name;
    this.open = open;
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
    OpenParts open = new OpenParts();
    try {
      Optional<AdapterFile> transformer = find(source, folder + TRANSFORMER, open);
      Optional<AdapterFile> vae = find(source, folder + VAE, open);
      if (transformer.isEmpty() && vae.isEmpty()) {
        throw new FormatException(
            source.name(), "no adapters: expected " + folder + TRANSFORMER + ", " + folder + VAE + " or both");
      }
      return new AdapterFiles(source.name(), open, transformer, vae);
    } catch (IOException | RuntimeException e) {
      open.close();
      throw e;
    }
  }

  private static Optional<AdapterFile> find(ModelSource source, String file, OpenParts open) throws IOException {
    return source.has(file) ? Optional.of(open.add(AdapterFile.open(source, file))) : Optional.empty();
  }

  /** The transformer's adapters, if there are any. */
  public Optional<LoraSet> transformer() {
    return transformer.map(AdapterFile::set);
  }

  /**
   * The adapters of a transformer of this shape.
   *
   * @throws FormatException if there are none, or one is on no module of the transformer
   */
  public LoraSet transformerOf(MmDitConfig config) {
    return transformer.orElseThrow(() -> new FormatException(name, "no adapters of a transformer here"))
        .on(WeightPlan.of(config));
  }

  /** The autoencoder's adapters, if there are any. */
  public Optional<LoraSet> vae() {
    return vae.map(AdapterFile::set);
  }

  @Override
  public void close() {
    open.close();
  }
}
