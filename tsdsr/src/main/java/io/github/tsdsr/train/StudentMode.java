package io.github.tsdsr.train;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.data.Enlargement;
import io.github.tsdsr.data.PhotoPairs;
import io.github.tsdsr.infer.OneStepModel;
import io.github.tsdsr.infer.PictureUpscaler;
import io.github.tsdsr.infer.Progress;
import io.github.tsdsr.infer.Tiling;
import io.github.tsdsr.infer.UpscaleSettings;
import io.github.tsdsr.infer.colour.ColourAlignment;
import io.github.tsdsr.infer.size.OutputSize;
import io.github.tsdsr.io.file.AtomicFile;
import io.github.tsdsr.io.model.WeightFiles;
import io.github.tsdsr.model.DiffusersConfigs;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.RowLoop;
import io.github.tsdsr.sd3.InitialWeights;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.Vae;
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
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Training of a student on a frozen autoencoder, from a start that looks at neighbouring patches. */
final class StudentMode implements Mode {
  private static final double PROMPT_DEVIATION = 0.5;
  /** The learned prompts draw from these streams of the run's seed. */
  private static final long PROMPT_STREAM = 1L << 40;

  private final Backend backend;
  private final StudentRecipe recipe;
  private final UpdateSettings updates;
  private final TrainingData data;
  private final WeightFiles vaeWeights;
  private final Vae vae;
  private final TrainedWeights weights;
  private final PhotoPairs pairs;
  private final UpscaleSettings settings;

  StudentMode(Backend backend, Scope scope, StudentRecipe recipe, RunSettings run, TrainingData data)
      throws IOException {
    this.backend = backend;
    this.recipe = recipe;
    updates = run.optimisation();
    this.data = data;
    pairs = new PhotoPairs(data.crops(), recipe.degradation(), Enlargement.TORCH_BICUBIC);
    int factor = recipe.vae().factor();
    settings = new UpscaleSettings(
        new OutputSize.Scale(4), recipe.crop(), ColourAlignment.WAVELET,
        new Tiling(recipe.crop() / factor, recipe.tileOverlap(), 0, 0), false);
    MmDitConfig transformer = recipe.transformer();
    NamedArrays start = NamedArrays.of(backend, InitialWeights.of(transformer, data.seed()), data.seed());
    LocalAttention.apply(start, transformer);
    weights = TrainedWeights.of(scope, start);
    weights.add(
        StudentObjective.PROMPT, prompt(scope, 0, 1, recipe.promptTokens(), transformer.jointAttentionDim()));
    weights.add(StudentObjective.POOLED, prompt(scope, 1, 1, transformer.pooledProjectionDim()));
    vaeWeights = WeightFiles.open(recipe.vaeFolder());
    vae = new Vae(recipe.vae(), vaeWeights);
  }

  private Tensor prompt(Scope scope, long which, long... shape) {
    Tensor t = scope.empty(DType.F32, shape);
    backend.run(new Random(Random.Distribution.NORMAL, data.seed(), PROMPT_STREAM + which, 0, t));
    backend.run(Unary.affine(t, PROMPT_DEVIATION, 0, t));
    return t;
  }

  @Override
  public List<ParameterGroup> groups() {
    return List.of(new ParameterGroup("", weights.parameters(name -> !name.equals(StudentObjective.TABLE)), updates));
  }

  @Override
  public Objective objective(long first) {
    double variance = StudentObjective.latentVariance(backend, vae, pairs.batch(0));
    return new StudentObjective(
        backend, vae, recipe.transformer(), weights, pairs, recipe.losses(), variance, first, data.loaders());
  }

  private Map<String, Tensor> complete(Map<String, Tensor> averages) {
    Map<String, Tensor> all = new LinkedHashMap<>(averages);
    all.put(StudentObjective.TABLE, weights.tensors().get(StudentObjective.TABLE));
    return all;
  }

  @Override
  public Validation validate(Map<String, Tensor> averages) {
    if (data.validation().isEmpty()) {
      return Validation.NONE;
    }
    try (Scope scope = Scope.on(backend)) {
      MmDit network = new MmDit(recipe.transformer(), Weights.of("averages", complete(averages)));
      OneStepModel model = new OneStepModel(
          scope, vae, Adapters.NONE, network, Adapters.NONE, averages.get(StudentObjective.PROMPT),
          averages.get(StudentObjective.POOLED));
      PictureUpscaler upscaler = new PictureUpscaler(backend, model, DType.F32, RowLoop.serial());
      ShownCrops shown = new ShownCrops(data.validation().size());
      Comparison comparison = Comparison.of(
          data.validation(), rgb -> upscaler.upscale(rgb, settings, Progress.NONE),
          (i, row, bicubic, ours) -> shown.add(i, row.crop(), panels(row, bicubic, ours)));
      return new Validation(comparison.logged(), shown.strips());
    }
  }

  private static List<Validation.Panel> panels(Comparison.Row row, BytePixels bicubic, BytePixels ours) {
    return List.of(
        new Validation.Panel("LQ", "", row.crop().degraded()),
        new Validation.Panel("bicubic", String.format(Locale.ROOT, "%.2f dB", row.bicubicPsnr()), bicubic),
        new Validation.Panel("ours", String.format(Locale.ROOT, "%.2f dB (%+.2f)", row.psnr(), row.gain()), ours),
        new Validation.Panel("HQ", "", row.crop().clean()));
  }

  @Override
  public void export(Path model, Map<String, Tensor> averages) throws IOException {
    DiffusersConfigs.writeIndex(model);
    DiffusersConfigs.write(model, recipe.transformer());
    DiffusersConfigs.write(model, recipe.vae());
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
    AtomicFile.write(ModelExport.fileIn(model.resolve("vae")), to -> {
      try (FileChannel from = FileChannel.open(ModelExport.fileIn(recipe.vaeFolder()), StandardOpenOption.READ)) {
        long at = 0;
        while (at < from.size()) {
          at += from.transferTo(at, from.size() - at, to);
        }
      }
    });
  }

  @Override
  public String description() {
    MmDitConfig c = recipe.transformer();
    return "one-step student: transformer of " + c.layers() + " blocks, width " + c.width()
        + ", on a frozen autoencoder of factor " + recipe.vae().factor();
  }

  @Override
  public void close() {
    vaeWeights.close();
  }
}
