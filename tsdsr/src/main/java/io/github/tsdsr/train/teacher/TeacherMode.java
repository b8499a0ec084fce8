package io.github.tsdsr.train.teacher;

import io.github.tsdsr.train.distill.StepListener;
import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.infer.UpscaleSettings;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.train.LearnedPrompt;
import io.github.tsdsr.train.Mode;
import io.github.tsdsr.train.NewTransformer;
import io.github.tsdsr.train.Objective;
import io.github.tsdsr.train.ParameterGroup;
import io.github.tsdsr.train.RunSettings;
import io.github.tsdsr.train.StudentValidation;
import io.github.tsdsr.train.TrainingData;
import io.github.tsdsr.train.TransformerExport;
import io.github.tsdsr.train.UpdateSettings;
import io.github.tsdsr.train.Validation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Pre-training of a teacher on a frozen autoencoder. */
final class TeacherMode implements Mode {
  private static final List<LearnedPrompt> PROMPTS = List.of(LearnedPrompt.DEFAULT, LearnedPrompt.NULL);

  private final Backend backend;
  private final TeacherRecipe recipe;
  private final UpdateSettings updates;
  private final TrainingData data;
  private final NewTransformer trained;

  TeacherMode(Backend backend, Scope scope, TeacherRecipe recipe, RunSettings run, TrainingData data)
      throws IOException {
    this.backend = backend;
    this.recipe = recipe;
    this.data = data;
    updates = run.optimisation();
    trained = new NewTransformer(
        scope, recipe.vae(), recipe.transformer(), recipe.localStart(), PROMPTS, recipe.promptTokens(), data.seed());
  }

  @Override
  public List<ParameterGroup> groups() {
    return List.of(new ParameterGroup("", trained.parameters(), updates));
  }

  @Override
  public Objective objective(long first, StepListener listener) throws IOException {
    MmDit network = recipe.flow().recompute() ? trained.network().recomputing() : trained.network();
    Teacher teacher = new Teacher(
        trained.vae(), network, Adapters.NONE, trained.prompt(LearnedPrompt.DEFAULT),
        trained.prompt(LearnedPrompt.NULL));
    return new TeacherObjective(
        backend, teacher, recipe.flow(), recipe.flow().pictures(data, 1), trained.parameters(), data.seed(), first,
        data.loaders());
  }

  @Override
  public Validation validate(Map<String, Tensor> averages) {
    if (data.validation().isEmpty()) {
      return Validation.NONE;
    }
    return new TeacherValidation(backend, recipe.flow(), data.validation()).of(new Teacher(
        trained.vae(), trained.network(averages), Adapters.NONE, LearnedPrompt.DEFAULT.in(averages),
        LearnedPrompt.NULL.in(averages)));
  }

  @Override
  public void export(Path model, Map<String, Tensor> averages) throws IOException {
    int factor = recipe.vae().config().factor();
    int crop = recipe.flow().crop();
    UpscaleSettings settings = StudentValidation.settings(crop, factor, crop / factor / 4);
    new TransformerExport(recipe.vae(), recipe.transformer(), settings, Optional.empty())
        .write(model, backend, trained.complete(averages), PROMPTS);
  }

  @Override
  public String description() {
    MmDitConfig c = recipe.transformer();
    return "teacher: transformer of " + c.layers() + " blocks, width " + c.width()
        + ", by flow matching on a frozen autoencoder of factor " + recipe.vae().config().factor();
  }

  @Override
  public void close() {
    trained.close();
  }
}
