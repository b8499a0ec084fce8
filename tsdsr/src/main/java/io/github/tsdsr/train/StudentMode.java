package io.github.tsdsr.train;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.data.Enlargement;
import io.github.tsdsr.data.PhotoPairs;
import io.github.tsdsr.data.Range;
import io.github.tsdsr.data.SimpleDegradation;
import io.github.tsdsr.infer.OneStepModel;
import io.github.tsdsr.infer.PictureUpscaler;
import io.github.tsdsr.infer.Tiling;
import io.github.tsdsr.infer.UpscaleSettings;
import io.github.tsdsr.infer.colour.ColourAlignment;
import io.github.tsdsr.infer.size.OutputSize;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.io.model.WeightFiles;
import io.github.tsdsr.model.DiffusersConfigs;
import io.github.tsdsr.model.NetworkConfigs;
import io.github.tsdsr.pixel.RowLoop;
import io.github.tsdsr.sd3.InitialWeights;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.sd3.VaeConfig;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.op.Random;
import io.github.tsdsr.tensor.op.Unary;
import io.github.tsdsr.train.start.LocalAttention;
import io.github.tsdsr.train.start.NamedArrays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Training of a student on a frozen autoencoder, from a start that looks at neighbouring patches. */
final class StudentMode implements Mode {
  private static final String TABLE = "pos_embed.pos_embed";
  private static final double PROMPT_DEVIATION = 0.5;
  /** The learned prompts draw from these streams of the run's seed. */
  private static final long PROMPT_STREAM = 1L << 40;

  private final Backend backend;
  private final Trainer.Common common;
  private final Path vaeFolder;
  private final VaeConfig vaeConfig;
  private final WeightFiles vaeWeights;
  private final Vae vae;
  private final MmDitConfig transformer;
  private final TrainedWeights weights;
  private final PhotoPairs pairs;
  private final StudentObjective.LossWeights losses;
  private final UpscaleSettings settings;

  StudentMode(Backend backend, Scope scope, Config config, Trainer.Common common, Path base) throws IOException {
    this.backend = backend;
    this.common = common;
    vaeFolder = base.resolve(config.text("vae"));
    vaeConfig = NetworkConfigs.vae(Config.json(vaeFolder.resolve("config.json")));
    transformer = NetworkConfigs.transformer(config.section("transformer"));
    pairs = new PhotoPairs(common.crops(), degradation(config.section("degradation")), Enlargement.TORCH_BICUBIC);
    losses = new StudentObjective.LossWeights(config.number("image", 1), config.number("latent", 0.25));
    int tile = common.crops().crops().size() / vaeConfig.factor();
    int overlap = config.integer("tile_overlap", tile / 4);
    settings = new UpscaleSettings(
        new OutputSize.Scale(4), common.crops().crops().size(), ColourAlignment.WAVELET,
        new Tiling(tile, overlap, 1024, 1024 / vaeConfig.factor()), false);
    vaeWeights = WeightFiles.open(vaeFolder);
    vae = new Vae(vaeConfig, vaeWeights);
    NamedArrays start = NamedArrays.of(backend, InitialWeights.of(transformer, common.seed()), common.seed());
    LocalAttention.apply(start, transformer);
    weights = TrainedWeights.of(scope, start);
    int tokens = config.integer("prompt_tokens", 4);
    weights.add(StudentObjective.PROMPT, prompt(scope, 0, 1, tokens, transformer.jointAttentionDim()));
    weights.add(StudentObjective.POOLED, prompt(scope, 1, 1, transformer.pooledProjectionDim()));
  }

  private static SimpleDegradation degradation(Config c) {
    double[] blur = c.range("blur", 0.3, 1.5);
    double[] noise = c.range("noise", 0, 15);
    double[] jpeg = c.range("jpeg", 60, 95);
    return new SimpleDegradation(
        c.number("blur_chance", 0.4), new Range(blur[0], blur[1]), c.integer("scale", 4), new Range(noise[0], noise[1]),
        new Range(jpeg[0], jpeg[1]));
  }

  private Tensor prompt(Scope scope, long which, long... shape) {
    Tensor t = scope.empty(DType.F32, shape);
    backend.run(new Random(Random.Distribution.NORMAL, common.seed(), PROMPT_STREAM + which, 0, t));
    backend.run(Unary.affine(t, PROMPT_DEVIATION, 0, t));
    return t;
  }

  @Override
  public List<Parameter> parameters() {
    return weights.parameters(name -> !name.equals(TABLE));
  }

  @Override
  public Objective objective(long first) {
    double variance = StudentObjective.latentVariance(backend, vae, pairs.batch(0));
    return new StudentObjective(
        backend, vae, transformer, weights, pairs, losses, variance, first, common.loaders());
  }

  @Override
  public TrainingLoop.Listener listener(Consumer<String> progress) {
    return new TrainingLoop.Listener() {
      @Override
      public void stepped(long step, long steps, Map<String, Double> values) {
        progress.accept(Trainer.line(step, steps, values));
      }

      @Override
      public Map<String, Double> validate(Map<String, Tensor> averages) {
        return StudentMode.this.validate(averages);
      }

      @Override
      public void saved(Map<String, Tensor> averages) throws IOException {
        export(averages);
      }
    };
  }

  private Map<String, Tensor> complete(Map<String, Tensor> averages) {
    Map<String, Tensor> all = new LinkedHashMap<>(averages);
    all.put(TABLE, weights.tensors().get(TABLE));
    return all;
  }

  private Map<String, Double> validate(Map<String, Tensor> averages) {
    if (common.validation().isEmpty()) {
      return Map.of();
    }
    try (Scope scope = Scope.on(backend)) {
      MmDit network = new MmDit(transformer, Weights.of("averages", complete(averages)));
      OneStepModel model = new OneStepModel(
          scope, vae, Adapters.NONE, network, Adapters.NONE, averages.get(StudentObjective.PROMPT),
          averages.get(StudentObjective.POOLED));
      PictureUpscaler upscaler = new PictureUpscaler(backend, model, DType.F32, RowLoop.serial());
      return Comparison.of(common.validation(), upscaler, settings).logged();
    }
  }

  private void export(Map<String, Tensor> averages) throws IOException {
    Path model = common.folder().resolve("model");
    DiffusersConfigs.writeIndex(model);
    DiffusersConfigs.write(model, transformer);
    DiffusersConfigs.write(model, vaeConfig);
    DiffusersConfigs.writeDefaults(model, settings);
    try (Scope scope = Scope.on(backend)) {
      Map<String, Tensor> network = new LinkedHashMap<>(complete(averages));
      Tensor prompt = network.remove(StudentObjective.PROMPT);
      Tensor pooled = network.remove(StudentObjective.POOLED);
      ModelExport.weights(model.resolve("transformer"), backend, network, DType.F16);
      Files.createDirectories(model.resolve("embeddings/default"));
      Map<String, Tensor> embeddings = new LinkedHashMap<>();
      embeddings.put(StudentObjective.PROMPT, prompt.squeeze(0));
      embeddings.put(StudentObjective.POOLED, pooled.squeeze(0));
      ModelExport.file(model.resolve("embeddings/default/embeddings.safetensors"), backend, embeddings, DType.F32);
    }
    Path weightFile = ModelExport.fileIn(vaeFolder);
    Files.copy(weightFile, ModelExport.fileIn(model.resolve("vae")), StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public void close() {
    vaeWeights.close();
  }
}
