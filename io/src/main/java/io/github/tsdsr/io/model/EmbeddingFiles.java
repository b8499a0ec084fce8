package io.github.tsdsr.io.model;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.NamedWeights;
import io.github.tsdsr.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An embedded prompt in a folder: {@code prompt_embeds} (tokens, width) and {@code pool_embeds} (width), either both in
 * {@code embeddings.safetensors} or each in a file of its name, .safetensors or .pt. The file of one may call its tensor
 * anything. A leading axis of size 1, the batch that some programs save, is left out.
 */
public final class EmbeddingFiles implements AutoCloseable {
  /** The file that holds both. */
  public static final String BOTH = "embeddings.safetensors";

  /** The name of the prompt. */
  public static final String PROMPT = "prompt_embeds";
  /** The name of the pooled prompt. */
  public static final String POOLED = "pool_embeds";
  /** What diffusers calls the pooled embedding. */
  private static final String POOLED_PROMPT = "pooled_prompt_embeds";
  private static final List<String> SUFFIXES = List.of(".safetensors", ".pt", ".pth");

  private final String name;
  private final NamedWeights promptFile;
  private final NamedWeights pooledFile;

  private EmbeddingFiles(String name, NamedWeights both) {
    this.name = name;
    promptFile = both;
    pooledFile = both;
  }

  private EmbeddingFiles(Path folder) throws IOException {
    name = folder.toString();
    Path both = folder.resolve(BOTH);
    if (Files.isRegularFile(both)) {
      promptFile = WeightFiles.open(both);
      pooledFile = promptFile;
      return;
    }
    Path prompt = file(folder, PROMPT);
    Path pooled = file(folder, POOLED);
    promptFile = WeightFiles.open(prompt);
    try {
      pooledFile = WeightFiles.open(pooled);
    } catch (IOException | RuntimeException e) {
      promptFile.close();
      throw e;
    }
  }

  /**
   * Opens a folder's embeddings.
   *
   * @throws FormatException if they are not there or not valid
   */
  public static EmbeddingFiles open(Path folder) throws IOException {
    return new EmbeddingFiles(folder);
  }

  /**
   * Embeddings of which both are in one collection, such as a resource; closed with this.
   *
   * @param name what messages call it
   */
  public static EmbeddingFiles of(NamedWeights both, String name) {
    return new EmbeddingFiles(name, both);
  }

  private static Path file(Path folder, String name) {
    return SUFFIXES.stream().map(s -> folder.resolve(name + s)).filter(Files::isRegularFile).findFirst().orElseThrow(
        () -> new FormatException(
            folder.toString(), "no embeddings: expected " + BOTH + ", or " + PROMPT + ".pt and " + POOLED + ".pt"));
  }

  /**
   * The prompt, (tokens, width).
   *
   * @throws FormatException if it is not there or of another width
   */
  public Tensor prompt(long width) {
    return fitting(promptFile, 2, width, PROMPT);
  }

  /**
   * The pooled prompt, (width).
   *
   * @throws FormatException if it is not there or of another width
   */
  public Tensor pooled(long width) {
    return fitting(pooledFile, 1, width, POOLED, POOLED_PROMPT);
  }

  private Tensor fitting(NamedWeights file, int rank, long width, String... names) {
    String expected =
        "expected a tensor " + String.join(" or ", names) + (rank == 1 ? " (" : " (tokens, ") + width + ")";
    Tensor t = find(file, names).orElseThrow(() -> new FormatException(name, expected));
    Tensor plain = t.rank() == rank + 1 && t.size(0) == 1 ? t.select(0, 0) : t;
    if (plain.rank() != rank || plain.size(-1) != width || plain.count() == 0) {
      throw new FormatException(name, expected + ", got " + t.layout());
    }
    return plain;
  }

  private static Optional<Tensor> find(NamedWeights file, String... names) {
    for (String name : names) {
      if (file.find(name).isPresent()) {
        return file.find(name);
      }
    }
    return file.names().size() == 1 ? file.find(file.names().iterator().next()) : Optional.empty();
  }

  @Override
  public void close() {
    promptFile.close();
    if (pooledFile != promptFile) {
      pooledFile.close();
    }
  }
}
