package io.github.tsdsr.train;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.data.PairSource;
import io.github.tsdsr.infer.OneStepModel;
import io.github.tsdsr.infer.UpscaleSettings;
import io.github.tsdsr.io.model.WeightFiles;
import io.github.tsdsr.sd3.InitialWeights;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.train.start.LocalAttention;
import io.github.tsdsr.train.start.NamedArrays;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Training of a student on a frozen autoencoder, from a start that looks at neighbouring patches. */
final class StudentMode implements Mode {
  private final Backend backend;
  private final StudentRecipe recipe;
  private final UpdateSettings updates;
  private final TrainingData data;
  private final WeightFiles vaeWeights;
  private final Vae vae;
  private final TrainedWeights weights;
  private final PairSource pairs;
  private final UpscaleSettings settings;

  StudentMode(Backend backend, Scope scope, StudentRecipe recipe, RunSettings run, TrainingData data)
      throws IOException {
    this.backend = backend;
    this.recipe = recipe;
    updates = run.optimisation();
    this.data = data;
    pairs = data.pairs(recipe.degradation(), recipe.vae().config().factor() * recipe.transformer().patchSize());
    settings = StudentValidation.settings(recipe.crop(), recipe.vae().config().factor(), recipe.tileOverlap());
    MmDitConfig transformer = recipe.transformer();
    NamedArrays start = NamedArrays.of(backend, InitialWeights.of(transformer, data.seed()), data.seed());
    LocalAttention.apply(start, transformer);
    weights = TrainedWeights.of(scope, start);
    LearnedPrompt.DEFAULT.addTo(weights, scope, data.seed(), recipe.promptTokens(), transformer);
    vaeWeights = WeightFiles.open(recipe.vae().folder());
    vae = new Vae(recipe.vae().config(), vaeWeights);
  }

  @Override
  public List<ParameterGroup> groups() {
    return List.of(new ParameterGroup("", weights.parameters(name -> !name.equals(StudentObjective.TABLE)), updates));
  }

  @Override
  public Objective objective(long first, TrainingListener listener) {
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
      Prompt prompt = LearnedPrompt.DEFAULT.in(averages);
      OneStepModel model = new OneStepModel(
          scope, vae, Adapters.NONE, network, Adapters.NONE, prompt.tokens(), prompt.pooled());
      return StudentValidation.of(backend, model, settings, data.validation());
    }
  }

  @Override
  public void export(Path model, Map<String, Tensor> averages) throws IOException {
    new TransformerExport(recipe.vae(), recipe.transformer(), settings, Optional.empty())
        .write(model, backend, complete(averages), List.of(LearnedPrompt.DEFAULT));
  }

  @Override
  public String description() {
    MmDitConfig c = recipe.transformer();
    return "one-step student: transformer of " + c.layers() + " blocks, width " + c.width()
        + ", on a frozen autoencoder of factor " + recipe.vae().config().factor();
  }

  @Override
  public void close() {
    vaeWeights.close();
  }
}
