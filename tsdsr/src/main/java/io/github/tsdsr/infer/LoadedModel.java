package io.github.tsdsr.infer;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.io.model.BackendWeights;
import io.github.tsdsr.io.model.EmbeddingFiles;
import io.github.tsdsr.model.AdapterFiles;
import io.github.tsdsr.model.ModelFolder;
import io.github.tsdsr.model.OpenParts;
import io.github.tsdsr.sd3.LoraSet;
import io.github.tsdsr.sd3.MergedWeights;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Storage;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** A model on a backend, with its adapters and its prompt: all that an upscaler holds between pictures. */
final class LoadedModel implements AutoCloseable {
  /** Adapters are merged where the merged weights take no more of the memory than one part in so many. */
  private static final int MERGED_PART = 4;

  private final OpenParts open = new OpenParts();
  private final Scope scope;
  private final DType dtype;
  private final LongSupplier memory;
  private RememberedNames vaeWeights;
  private RememberedNames transformerWeights;
  private OneStepModel model;
  private UpscaleSettings settings;

  private LoadedModel(Backend backend, DType dtype, LongSupplier memory) {
    this.dtype = dtype;
    this.memory = memory;
    scope = open.add(Scope.on(backend));
  }

  /**
   * Opens a model.
   *
   * @param dtype of activations
   * @param memory the most bytes that tensors may take
   */
  static LoadedModel open(Backend backend, UpscalerOptions options, DType dtype, LongSupplier memory)
      throws IOException {
    LoadedModel loaded = new LoadedModel(backend, dtype, memory);
    try {
      loaded.load(options);
      return loaded;
    } catch (IOException | RuntimeException | Error e) {
      loaded.close();
      throw e;
    }
  }

  /** A network's weights and the adapters that stay apart from them. */
  private record Part(RememberedNames weights, Adapters adapters) {}

  private void load(UpscalerOptions options) throws IOException {
    ModelFolder folder = open.add(ModelFolder.open(options.model()));
    ModelDefaults defaults = ModelDefaults.of(folder);
    settings = options.settings().apply(defaults.settings());
    Optional<AdapterFiles> adapters = adapters(options, folder, defaults);
    Part vae = part(folder.vae(), adapters.flatMap(AdapterFiles::vae));
    Part transformer = part(folder.transformer(), adapters.flatMap(AdapterFiles::transformer));
    if (options.zeroVelocity()) {
      Weights zeroed = new ZeroedWeights(scope, transformer.weights, "proj_out.");
      transformer = new Part(new RememberedNames(zeroed), Adapters.NONE);
    }
    vaeWeights = vae.weights;
    transformerWeights = transformer.weights;
    try (EmbeddingFiles prompt =
        options.embeddings().isPresent() ? EmbeddingFiles.open(options.embeddings().get()) : folder.defaultPrompt()) {
      Tensor tokens = prompt.prompt(folder.transformerConfig().jointAttentionDim());
      Tensor pooled = prompt.pooled(folder.transformerConfig().pooledProjectionDim());
      model = new OneStepModel(
          scope, new Vae(folder.vaeConfig(), vae.weights), vae.adapters,
          new MmDit(folder.transformerConfig(), transformer.weights), transformer.adapters,
          onBackend(tokens.unsqueeze(0)), onBackend(pooled.unsqueeze(0)));
    }
  }

  private Optional<AdapterFiles> adapters(UpscalerOptions options, ModelFolder folder, ModelDefaults defaults)
      throws IOException {
    if (options.lora().isPresent()) {
      return Optional.of(open.add(AdapterFiles.open(options.lora().get())));
    }
    return defaults.lora().isPresent() ? Optional.of(open.add(folder.adapters(defaults.lora().get())))
        : Optional.empty();
  }

  private Part part(Weights files, Optional<LoraSet> lora) {
    Weights base = open.onBackend(scope.backend(), files);
    if (lora.isEmpty()) {
      return new Part(new RememberedNames(base), Adapters.NONE);
    }
    if (mergedBytes(base, lora.get()) <= memory.getAsLong() / MERGED_PART) {
      Weights merged = new MergedWeights(scope, dtype.accumulator(), base, lora.get());
      return new Part(new RememberedNames(merged), Adapters.NONE);
    }
    return new Part(new RememberedNames(base), lora.get());
  }

  /** What the weights take that adapters would be merged into; fails for an adapter that fits none. */
  private long mergedBytes(Weights base, LoraSet lora) {
    lora.checkFits(name -> base.find(name).map(Tensor::layout));
    long count = lora.byModule().keySet().stream()
        .mapToLong(module -> base.find(module + ".weight").orElseThrow().count()).sum();
    return count * dtype.accumulator().bytes();
  }

  private Tensor onBackend(Tensor t) {
    try (BackendWeights here = BackendWeights.on(scope.backend(), Weights.of("prompt", Map.of("t", t)))) {
      return scope.copy(here.get("t", t.shape()), dtype);
    }
  }

  OneStepModel model() {
    return model;
  }

  /** The model's settings, changed as the options say. */
  UpscaleSettings settings() {
    return settings;
  }

  /** What a weight is called in its file. */
  Optional<String> nameOf(Storage storage) {
    return vaeWeights.nameOf(storage).map(n -> "vae " + n)
        .or(() -> transformerWeights.nameOf(storage).map(n -> "transformer " + n));
  }

  @Override
  public void close() {
    open.close();
  }
}
