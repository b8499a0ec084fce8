package io.github.tsdsr.train.teacher;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.sd3.LoraTargets;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.sd3.WeightPlan;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.train.lora.TrainedAdapters;
import io.github.tsdsr.train.mode.Workspace;
import io.github.tsdsr.train.network.FrozenModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A frozen teacher with adapters that are trained. */
final class AdaptedTeacher implements TrainedTeacher {
  private final Workspace workspace;
  private final TeacherLoraRecipe recipe;
  private final Vae vae;
  private final MmDit network;
  private final Prompt shown;
  private final Prompt nothing;
  private final TrainedAdapters lora;

  AdaptedTeacher(Workspace workspace, TeacherLoraRecipe recipe) throws IOException {
    this.workspace = workspace;
    this.recipe = recipe;
    FrozenModel model = FrozenModel.open(workspace.scope(), workspace.open(), recipe.model());
    vae = model.vae();
    network = model.transformer();
    shown = model.text();
    nothing = recipe.flow().asksNothing() ? model.nothing() : null;
    lora = TrainedAdapters.of(
        workspace.scope(), "teacher.", LoraTargets.STUDENT, WeightPlan.of(recipe.model().transformer()), recipe.lora(),
        workspace.data().seed());
  }

  private Teacher with(Adapters adapters) {
    return new Teacher(vae, network, adapters, shown, nothing);
  }

  @Override
  public List<Parameter> parameters() {
    return lora.parameters();
  }

  @Override
  public Teacher current() {
    return with(lora.adapters());
  }

  @Override
  public Teacher averaged(Map<String, Tensor> averages) {
    return with(lora.adapters(averages));
  }

  /** Writes the adapters; the model stays where it is. */
  @Override
  public void export(Path model, Map<String, Tensor> averages) throws IOException {
    lora.export(
        model.resolve(TrainedAdapters.FOLDER).resolve(TrainedAdapters.TRANSFORMER), workspace.backend(), averages);
  }

  @Override
  public String description() {
    MmDitConfig c = recipe.model().transformer();
    return "teacher: adapters of rank " + recipe.lora().rank() + " on a transformer of " + c.layers()
        + " blocks, width " + c.width() + ", by flow matching";
  }
}
