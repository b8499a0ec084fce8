package io.github.tsdsr.train.distill;

import io.github.tsdsr.data.PairSource;
import io.github.tsdsr.data.pairs.PairCrops;
import io.github.tsdsr.infer.UpscaleSettings;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.train.lora.TrainedAdapters;
import io.github.tsdsr.train.mode.Mode;
import io.github.tsdsr.train.mode.TrainingData;
import io.github.tsdsr.train.mode.Workspace;
import io.github.tsdsr.train.network.LearnedPrompt;
import io.github.tsdsr.train.network.TransformerExport;
import io.github.tsdsr.train.optim.ParameterGroup;
import io.github.tsdsr.train.step.Objective;
import io.github.tsdsr.train.step.StepListener;
import io.github.tsdsr.train.validation.StudentValidation;
import io.github.tsdsr.train.validation.Validation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Distillation of a one-step student: two groups of parameters, the student's and the LoRA model's. */
final class DistillMode implements Mode {
  private final Workspace workspace;
  private final DistillRecipe recipe;
  private final PairSource pairs;
  private final DistillNetworks networks;
  private final UpscaleSettings settings;

  DistillMode(Workspace workspace, DistillRecipe recipe) throws IOException {
    this.workspace = workspace;
    this.recipe = recipe;
    TrainingData data = workspace.data();
    networks = new DistillNetworks(workspace.scope(), workspace.open(), recipe, data.seed());
    int factor = recipe.vae().config().factor();
    pairs = data.pairs(recipe.degradation(), factor * recipe.student().transformer().patchSize());
    if (pairs instanceof PairCrops crops) {
      check(crops);
    }
    settings = TransformerExport.settings(recipe.crop(), factor, recipe.tileOverlap());
  }

  /** Refuses what is stored for other networks than these. */
  private void check(PairCrops crops) {
    // One pass with both prompts wants them of one length.
    long tokens = recipe.rules().asksNothing() && recipe.rules().guidance().batched()
        ? networks.nothing().tokens().size(1)
        : PairCrops.ANY;
    crops.expectCachesOf(recipe.vae().config(), recipe.teacher().transformer(), recipe.crop(), tokens);
  }

  @Override
  public List<ParameterGroup> groups() {
    return List.of(
        new ParameterGroup("", networks.studentParameters(), workspace.settings().optimisation()),
        new ParameterGroup("lora", networks.loraParameters(), recipe.loraUpdates()));
  }

  @Override
  public Objective objective(long first, StepListener listener) {
    TrainingData data = workspace.data();
    return new DistillObjective(
        workspace.backend(), recipe, networks, pairs, data.seed(), first, data.loaders(), listener);
  }

  @Override
  public Validation validate(Map<String, Tensor> averages) throws IOException {
    return StudentValidation.of(
        workspace.backend(), networks.student(averages), settings, workspace.data().validation());
  }

  /**
   * A student that was trained whole is a model; its adapters lie in its folder {@code lora}, where those of a student on a
   * frozen base lie too.
   */
  @Override
  public void export(Path model, Map<String, Tensor> averages) throws IOException {
    Path lora = model.resolve(TrainedAdapters.FOLDER);
    networks.exportAdapters(lora, workspace.backend(), averages);
    if (recipe.studentAdapters().whole()) {
      Optional<String> own =
          recipe.studentAdapters().encoder().isPresent() ? Optional.of(TrainedAdapters.FOLDER) : Optional.empty();
      new TransformerExport(recipe.vae(), recipe.student().transformer(), settings, own)
          .write(model, workspace.backend(), networks.complete(averages), List.of(LearnedPrompt.DEFAULT));
    }
  }

  @Override
  public String description() {
    MmDitConfig c = recipe.student().transformer();
    PhasePlan phases = recipe.phases();
    return "distilled student: "
        + (recipe.studentAdapters().whole() ? "all weights of a transformer" : "adapters on a transformer")
        + " of " + c.layers() + " blocks, width " + c.width()
        + (recipe.studentAdapters().encoder().isPresent() ? ", and of its encoder" : "")
        + "; second phase from step " + phases.first() + " with " + phases.sampling().points()
        + " points; perceptual loss: "
        + (recipe.lpips().isEmpty() ? "in the features of the frozen encoder, which is not LPIPS" : "LPIPS");
  }
}
