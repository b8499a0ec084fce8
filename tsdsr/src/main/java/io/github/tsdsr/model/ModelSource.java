package io.github.tsdsr.model;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.NamedWeights;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.io.model.EmbeddingFiles;
import io.github.tsdsr.io.model.WeightFiles;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Where the parts of a model lie. Names are relative and have forward slashes. */
sealed interface ModelSource {
  /** What messages call the model. */
  String name();

  /** What messages call one of its files. */
  String called(String file);

  /** Whether there is a file of this name. */
  boolean has(String file);

  /** A file of configuration. */
  Config json(String file) throws IOException;

  /** The weights in a folder. */
  NamedWeights weights(String folder) throws IOException;

  /** A safetensors file. */
  NamedWeights file(String file) throws IOException;

  /** The embedded prompt in a folder. */
  EmbeddingFiles embeddings(String folder) throws IOException;

  /** A folder of the file system; weights are mapped. */
  record Folder(Path path) implements ModelSource {
    @Override
    public String name() {
      return path.toString();
    }

    @Override
    public String called(String file) {
      return path.resolve(file).toString();
    }

    @Override
    public boolean has(String file) {
      return Files.isRegularFile(path.resolve(file));
    }

    @Override
    public Config json(String file) throws IOException {
      return Config.json(path.resolve(file));
    }

    @Override
    public NamedWeights weights(String folder) throws IOException {
      return WeightFiles.open(path.resolve(folder));
    }

    @Override
    public NamedWeights file(String file) throws IOException {
      return SafetensorsFile.open(path.resolve(file));
    }

    @Override
    public EmbeddingFiles embeddings(String folder) throws IOException {
      return EmbeddingFiles.open(path.resolve(folder));
    }
  }

  /**
   * Resources of the class path; weights are read into memory. What cannot be listed has fixed names: one file of weights a
   * component, both embeddings in one file.
   *
   * @param bases each ends with a slash; what the first lacks is looked for in the next
   */
  record Resources(Class<?> anchor, List<String> bases, String name) implements ModelSource {
    private static final String WEIGHTS = "/diffusion_pytorch_model.safetensors";

    @Override
    public String called(String file) {
      return name + "/" + file;
    }

    @Override
    public boolean has(String file) {
      return find(file).isPresent();
    }

    @Override
    public Config json(String file) throws IOException {
      return Config.json(bytes(file), called(file));
    }

    @Override
    public NamedWeights weights(String folder) throws IOException {
      return file(folder + WEIGHTS);
    }

    @Override
    public NamedWeights file(String file) throws IOException {
      return SafetensorsFile.of(bytes(file), called(file));
    }

    @Override
    public EmbeddingFiles embeddings(String folder) throws IOException {
      return EmbeddingFiles.of(file(folder + "/" + EmbeddingFiles.BOTH), called(folder));
    }

    private Optional<URL> find(String file) {
      return bases.stream().map(base -> anchor.getResource(base + file)).filter(Objects::nonNull).findFirst();
    }

    private byte[] bytes(String file) throws IOException {
      URL resource =
          find(file).orElseThrow(() -> new FormatException(name, "not a model: " + file + " is not there"));
      try (InputStream in = resource.openStream()) {
        return in.readAllBytes();
      }
    }
  }
}
