package io.github.tsdsr.train.student;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.data.PairSource;
import io.github.tsdsr.infer.UpscaleSettings;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.train.mode.Mode;
import io.github.tsdsr.train.mode.TrainingData;
import io.github.tsdsr.train.mode.Workspace;
import io.github.tsdsr.train.network.LearnedPrompt;
import io.github.tsdsr.train.network.NewTransformer;
import io.github.tsdsr.train.network.Student;
import io.github.tsdsr.train.network.TransformerExport;
import io.github.tsdsr.train.network.TransformerPlan;
import io.github.tsdsr.train.optim.ParameterGroup;
import io.github.tsdsr.train.step.Objective;
import io.github.tsdsr.train.step.StepListener;
import io.github.tsdsr.train.validation.StudentValidation;
import io.github.tsdsr.train.validation.Validation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Training of a student on a frozen autoencoder, from a start that looks at neighbouring patches. */
final class StudentMode implements Mode {
  private final Workspace workspace;
  private final StudentRecipe recipe;
  private final NewTransformer trained;
  private final PairSource pairs;
  private final UpscaleSettings settings;

  StudentMode(Workspace workspace, StudentRecipe recipe) throws IOException {
    this.workspace = workspace;
    this.recipe = recipe;
    TransformerPlan network = recipe.network();
    int factor = network.vae().config().factor();
    TrainingData data = workspace.data();
    pairs = data.pairs(recipe.degradation(), factor * network.transformer().patchSize());
    settings = TransformerExport.settings(recipe.crop(), factor, recipe.tileOverlap());
    trained = new NewTransformer(
        workspace.scope(), workspace.open(), network, List.of(LearnedPrompt.DEFAULT), data.seed());
  }

  private Student student(MmDit transformer, Prompt prompt) {
    return new Student(trained.vae(), Adapters.NONE, transformer, Adapters.NONE, prompt);
  }

  @Override
  public List<ParameterGroup> groups() {
    return List.of(new ParameterGroup("", trained.parameters(), workspace.settings().optimisation()));
  }

  @Override
  public Objective objective(long first, StepListener listener) {
    double variance = StudentObjective.latentVariance(workspace.backend(), trained.vae(), pairs.batch(0));
    return new StudentObjective(
        workspace.backend(), student(trained.network(), trained.prompt(LearnedPrompt.DEFAULT)), trained.parameters(),
        pairs, recipe.losses(), variance, first, workspace.data().loaders());
  }

  @Override
  public Validation validate(Map<String, Tensor> averages) throws IOException {
    Student student = student(trained.network(averages), LearnedPrompt.DEFAULT.in(averages));
    return StudentValidation.of(workspace.backend(), student, settings, workspace.data().validation());
  }

  @Override
  public void export(Path model, Map<String, Tensor> averages) throws IOException {
    trained.export(model, workspace.backend(), averages, settings);
  }

  @Override
  public String description() {
    MmDitConfig c = recipe.network().transformer();
    return "one-step student: transformer of " + c.layers() + " blocks, width " + c.width()
        + ", on a frozen autoencoder of factor " + recipe.network().vae().config().factor();
  }
}
