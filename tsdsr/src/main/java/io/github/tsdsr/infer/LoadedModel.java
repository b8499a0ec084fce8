package io.github.tsdsr.infer;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.io.model.EmbeddingFiles;
import io.github.tsdsr.model.AdapterFiles;
import io.github.tsdsr.model.BuiltInModel;
import io.github.tsdsr.model.ModelChoice;
import io.github.tsdsr.model.ModelFolder;
import io.github.tsdsr.model.OpenParts;
import io.github.tsdsr.sd3.LoraSet;
import io.github.tsdsr.sd3.MergedWeights;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Storage;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/** A model on a backend, with its adapters and its prompt: all that an upscaler holds between pictures. */
final class LoadedModel implements AutoCloseable {
  /** Adapters are merged where the merged weights take no more of the memory than one part in so many. */
  private static final int MERGED_PART = 4;
  private static final String TOKENS = "tokens";
  private static final String POOLED = "pooled";

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
    ModelFolder folder = open.add(switch (options.model()) {
      case ModelChoice.Folder(Path path) -> ModelFolder.open(path);
      case ModelChoice.BuiltIn built -> ModelFolder.builtIn(built.base());
    });
    Weights files = open.onBackend(scope.backend(), folder.transformer());
    Weights prompt = prompt(options, folder);
    if (options.model() instanceof ModelChoice.BuiltIn built && built.isBlend()) {
      ModelFolder faithful = open.add(ModelFolder.builtIn(BuiltInModel.FAITHFUL));
      files = blended(files, open.onBackend(scope.backend(), faithful.transformer()), built.fidelity());
      if (options.embeddings().isEmpty()) {
        prompt = blended(prompt, prompt(options, faithful), built.fidelity());
      }
    }
    ModelDefaults defaults = ModelDefaults.of(folder);
    settings = options.settings().apply(defaults.settings());
    Optional<AdapterFiles> adapters = adapters(options, folder, defaults);
    Part vae = part(open.onBackend(scope.backend(), folder.vae()), adapters.flatMap(AdapterFiles::vae));
    Part transformer = part(files, adapters.flatMap(AdapterFiles::transformer));
    if (options.zeroVelocity()) {
      Weights zeroed = new ZeroedWeights(scope, transformer.weights, "proj_out.");
      transformer = new Part(new RememberedNames(zeroed), Adapters.NONE);
    }
    vaeWeights = vae.weights;
    transformerWeights = transformer.weights;
    model = new OneStepModel(
        scope, new Vae(folder.vaeConfig(), vae.weights), vae.adapters,
        new MmDit(folder.transformerConfig(), transformer.weights), transformer.adapters,
        scope.copy(prompt.find(TOKENS).orElseThrow(), dtype), scope.copy(prompt.find(POOLED).orElseThrow(), dtype));
  }

  private Weights blended(Weights a, Weights b, double share) {
    return new BlendedWeights(scope, dtype.accumulator(), a, b, share);
  }

  /** The prompt that is asked for, or the model's: tokens (1,S,width) and pooled (1,width). */
  private Weights prompt(UpscalerOptions options, ModelFolder folder) throws IOException {
    MmDitConfig c = folder.transformerConfig();
    EmbeddingFiles files = open.add(
        options.embeddings().isPresent() ? EmbeddingFiles.open(options.embeddings().get()) : folder.defaultPrompt());
    Map<String, Tensor> prompt = Map.of(
        TOKENS, files.prompt(c.jointAttentionDim()).unsqueeze(0), POOLED,
        files.pooled(c.pooledProjectionDim()).unsqueeze(0));
    return open.onBackend(scope.backend(), Weights.of("prompt", prompt));
  }

  private Optional<AdapterFiles> adapters(UpscalerOptions options, ModelFolder folder, ModelDefaults defaults)
      throws IOException {
    if (options.lora().isPresent()) {
      return Optional.of(open.add(AdapterFiles.open(options.lora().get())));
    }
    return defaults.lora().isPresent() ? Optional.of(open.add(folder.adapters(defaults.lora().get())))
        : Optional.empty();
  }

  private Part part(Weights base, Optional<LoraSet> lora) {
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
