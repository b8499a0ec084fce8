package io.github.tsdsr.model;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.file.FolderSwap;
import io.github.tsdsr.io.model.EmbeddingFiles;
import io.github.tsdsr.io.model.ShardWriter;
import io.github.tsdsr.io.safetensors.SafetensorsWriter;
import io.github.tsdsr.io.safetensors.SafetensorsWriter.Spec;
import io.github.tsdsr.sd3.InitialWeights;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Layout;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Random;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;

/**
 * A model with new random weights: what its folder will hold. The same shape, type and seed give the same bytes, on any
 * number of threads. Tensors are made, rounded and written one at a time.
 *
 * @param dtype what weights are stored in: F32, BF16 or F16
 * @param shardBytes most bytes of weights in a file
 */
public record NewModel(ModelShape shape, DType dtype, long seed, long shardBytes) {
  /** Tokens of SD3's prompts: 77 of CLIP and 256 of T5. */
  private static final long PROMPT_TOKENS = 333;

  public NewModel {
    if (dtype != DType.F32 && dtype != DType.BF16 && dtype != DType.F16) {
      throw new IllegalArgumentException("weights are stored in F32, BF16 or F16, not in " + dtype);
    }
    if (shardBytes < 1) {
      throw new IllegalArgumentException("files of " + shardBytes + " bytes, expected at least 1");
    }
  }

  /** Hears of each tensor that is written, and may end the work. */
  @FunctionalInterface
  public interface Progress {
    /**
     * @param done bytes of tensors made
     * @param total bytes of all tensors
     * @return false to give up
     */
    boolean report(long done, long total);
  }

  /** Number of weights of both networks. */
  public long parameters() {
    return count(transformer()) + count(vae());
  }

  private static long count(InitialWeights weights) {
    return weights.shapes().values().stream().mapToLong(Layout::count).sum();
  }

  /** Bytes of all tensors. */
  public long bytes() {
    long total = Math.addExact(ShardWriter.bytes(specs(transformer().shapes())),
        ShardWriter.bytes(specs(vae().shapes())));
    return Math.addExact(total, ShardWriter.bytes(embeddings()));
  }

  private InitialWeights transformer() {
    return InitialWeights.of(shape.transformer(), seed);
  }

  private InitialWeights vae() {
    return InitialWeights.of(shape.vae(), seed);
  }

  private Map<String, Spec> specs(Map<String, Layout> shapes) {
    Map<String, Spec> specs = new LinkedHashMap<>();
    shapes.forEach((name, layout) -> specs.put(name, new Spec(dtype, layout.shape())));
    return specs;
  }

  private Map<String, Spec> embeddings() {
    Map<String, Spec> specs = new LinkedHashMap<>();
    specs.put(EmbeddingFiles.PROMPT, new Spec(dtype, PROMPT_TOKENS, shape.transformer().jointAttentionDim()));
    specs.put(EmbeddingFiles.POOLED, new Spec(dtype, shape.transformer().pooledProjectionDim()));
    return specs;
  }

  /**
   * Writes the folder: configurations, weights, and normal random numbers as the default prompt's embeddings. It appears
   * whole or not at all.
   *
   * @param replace whether a model that is there is replaced
   * @throws FormatException if there is something that is not to be replaced
   * @throws CancellationException if the progress said so
   */
  public void write(Backend backend, Path folder, boolean replace, Progress progress) throws IOException {
    new FolderSwap("a model", "model_index.json").write(folder, replace, bytes(), to -> fill(backend, to, progress));
  }

  private void fill(Backend backend, Path folder, Progress progress) throws IOException {
    DiffusersConfigs.writeIndex(folder);
    DiffusersConfigs.write(folder, shape.transformer());
    DiffusersConfigs.write(folder, shape.vae());
    Count count = new Count(progress, bytes());
    weights(backend, folder.resolve("transformer"), transformer(), count);
    weights(backend, folder.resolve("vae"), vae(), count);
    Path file = Files.createDirectories(folder.resolve("embeddings/default")).resolve(EmbeddingFiles.BOTH);
    Map<String, Spec> specs = embeddings();
    SafetensorsWriter.write(file, backend, specs, Map.of(), (scope, name) -> {
      Tensor t = scope.empty(DType.F32, specs.get(name).shape());
      long stream = name.equals(EmbeddingFiles.PROMPT) ? 0 : 1;
      backend.run(new Random(Random.Distribution.NORMAL, seed, stream, 0, t));
      count.add(specs.get(name));
      return t;
    });
  }

  private void weights(Backend backend, Path folder, InitialWeights weights, Count count) throws IOException {
    Map<String, Spec> specs = specs(weights.shapes());
    ShardWriter.write(folder, backend, specs, shardBytes, (scope, name) -> {
      Tensor t = weights.make(scope, name);
      count.add(specs.get(name));
      return t;
    });
  }

  /** How far the work has come. */
  private static final class Count {
    private final Progress progress;
    private final long total;
    private long done;

    Count(Progress progress, long total) {
      this.progress = progress;
      this.total = total;
    }

    void add(Spec spec) {
      done += spec.bytes();
      if (!progress.report(done, total)) {
        throw new CancellationException("given up after " + done + " of " + total + " bytes");
      }
    }
  }
}
