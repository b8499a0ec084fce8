package io.github.tsdsr.train.teacher;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.train.mode.Workspace;
import io.github.tsdsr.train.network.LearnedPrompt;
import io.github.tsdsr.train.network.NewTransformer;
import io.github.tsdsr.train.network.TransformerExport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A teacher that is trained from its start, with both of its prompts. */
final class NewTeacher implements TrainedTeacher {
  private static final List<LearnedPrompt> PROMPTS = List.of(LearnedPrompt.DEFAULT, LearnedPrompt.NULL);

  private final Workspace workspace;
  private final TeacherRecipe recipe;
  private final NewTransformer trained;

  NewTeacher(Workspace workspace, TeacherRecipe recipe) throws IOException {
    this.workspace = workspace;
    this.recipe = recipe;
    trained = new NewTransformer(
        workspace.scope(), workspace.open(), recipe.network(), PROMPTS, workspace.data().seed());
  }

  @Override
  public List<Parameter> parameters() {
    return trained.parameters();
  }

  @Override
  public Teacher current() {
    return new Teacher(
        trained.vae(), trained.network(), Adapters.NONE, trained.prompt(LearnedPrompt.DEFAULT),
        trained.prompt(LearnedPrompt.NULL));
  }

  @Override
  public Teacher averaged(Map<String, Tensor> averages) {
    return new Teacher(
        trained.vae(), trained.network(averages), Adapters.NONE, LearnedPrompt.DEFAULT.in(averages),
        LearnedPrompt.NULL.in(averages));
  }

  @Override
  public void export(Path model, Map<String, Tensor> averages) throws IOException {
    int factor = recipe.network().vae().config().factor();
    int crop = recipe.flow().crop();
    trained.export(
        model, workspace.backend(), averages, TransformerExport.settings(crop, factor, crop / factor / 4));
  }

  @Override
  public String description() {
    MmDitConfig c = recipe.network().transformer();
    return "teacher: transformer of " + c.layers() + " blocks, width " + c.width()
        + ", by flow matching on a frozen autoencoder of factor " + recipe.network().vae().config().factor();
  }
}
