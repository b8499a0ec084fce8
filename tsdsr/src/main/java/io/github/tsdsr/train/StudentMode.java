package io.github.tsdsr.train;

import io.github.tsdsr.train.distill.StepListener;
import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.data.PairSource;
import io.github.tsdsr.infer.OneStepModel;
import io.github.tsdsr.infer.UpscaleSettings;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.train.distill.Student;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Training of a student on a frozen autoencoder, from a start that looks at neighbouring patches. */
final class StudentMode implements Mode {
  private final Backend backend;
  private final StudentRecipe recipe;
  private final UpdateSettings updates;
  private final TrainingData data;
  private final NewTransformer trained;
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
    trained = new NewTransformer(
        scope, recipe.vae(), recipe.transformer(), true, List.of(LearnedPrompt.DEFAULT), recipe.promptTokens(),
        data.seed());
  }

  @Override
  public List<ParameterGroup> groups() {
    return List.of(new ParameterGroup("", trained.parameters(), updates));
  }

  @Override
  public Objective objective(long first, StepListener listener) {
    double variance = StudentObjective.latentVariance(backend, trained.vae(), pairs.batch(0));
    Student student = new Student(
        trained.vae(), Adapters.NONE, trained.network(), Adapters.NONE, trained.prompt(LearnedPrompt.DEFAULT));
    return new StudentObjective(
        backend, student, trained.parameters(), pairs, recipe.losses(), variance, first, data.loaders());
  }

  @Override
  public Validation validate(Map<String, Tensor> averages) throws IOException {
    if (data.validation().isEmpty()) {
      return Validation.NONE;
    }
    try (Scope scope = Scope.on(backend)) {
      Prompt prompt = LearnedPrompt.DEFAULT.in(averages);
      OneStepModel model = new OneStepModel(
          scope, trained.vae(), Adapters.NONE, trained.network(averages), Adapters.NONE, prompt.tokens(),
          prompt.pooled());
      return StudentValidation.of(backend, model, settings, data);
    }
  }

  @Override
  public void export(Path model, Map<String, Tensor> averages) throws IOException {
    new TransformerExport(recipe.vae(), recipe.transformer(), settings, Optional.empty())
        .write(model, backend, trained.complete(averages), List.of(LearnedPrompt.DEFAULT));
  }

  @Override
  public String description() {
    MmDitConfig c = recipe.transformer();
    return "one-step student: transformer of " + c.layers() + " blocks, width " + c.width()
        + ", on a frozen autoencoder of factor " + recipe.vae().config().factor();
  }

  @Override
  public void close() {
    trained.close();
  }
}
