package io.github.tsdsr.train.teacher;

import io.github.tsdsr.train.distill.StepListener;
import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.data.PairSource;
import io.github.tsdsr.data.pairs.PairCrops;
import io.github.tsdsr.model.OpenParts;
import io.github.tsdsr.sd3.LoraTargets;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.sd3.WeightPlan;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.train.FrozenModel;
import io.github.tsdsr.train.Mode;
import io.github.tsdsr.train.Objective;
import io.github.tsdsr.train.ParameterGroup;
import io.github.tsdsr.train.RunSettings;
import io.github.tsdsr.train.TrainingData;
import io.github.tsdsr.train.UpdateSettings;
import io.github.tsdsr.train.Validation;
import io.github.tsdsr.train.lora.TrainedAdapters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Training of adapters on a frozen teacher. */
final class TeacherLoraMode implements Mode {
  private final Backend backend;
  private final TeacherLoraRecipe recipe;
  private final UpdateSettings updates;
  private final TrainingData data;
  private final OpenParts open = new OpenParts();
  private final Vae vae;
  private final MmDit network;
  private final Prompt shown;
  private final Prompt nothing;
  private final TrainedAdapters lora;
  private final PairSource pictures;

  TeacherLoraMode(Backend backend, Scope scope, TeacherLoraRecipe recipe, RunSettings run, TrainingData data)
      throws IOException {
    this.backend = backend;
    this.recipe = recipe;
    this.data = data;
    updates = run.optimisation();
    try {
      FrozenModel model = FrozenModel.open(scope, open, recipe.model());
      vae = model.vae();
      network = model.transformer();
      shown = model.text();
      nothing = recipe.flow().asksNothing() ? model.nothing() : null;
      lora = TrainedAdapters.of(
          scope, "teacher.", LoraTargets.STUDENT, WeightPlan.of(recipe.model().transformer()), recipe.lora(),
          data.seed());
      MmDitConfig c = recipe.model().transformer();
      pictures = recipe.flow().pictures(data, recipe.vae().config().factor() * c.patchSize());
      if (pictures instanceof PairCrops crops) {
        // A batch holds samples under the null prompt beside others.
        long tokens = recipe.flow().nullShare() > 0 ? nothing.tokens().size(1) : PairCrops.ANY;
        crops.expectCachesOf(recipe.vae().config(), c, recipe.flow().crop(), tokens);
      }
    } catch (IOException | RuntimeException | Error e) {
      open.close();
      throw e;
    }
  }

  private Teacher teacher(MmDit transformer, Adapters adapters) {
    return new Teacher(vae, transformer, adapters, shown, nothing);
  }

  @Override
  public List<ParameterGroup> groups() {
    return List.of(new ParameterGroup("", lora.parameters(), updates));
  }

  @Override
  public Objective objective(long first, StepListener listener) {
    MmDit trained = recipe.flow().recompute() ? network.recomputing() : network;
    return new TeacherObjective(
        backend, teacher(trained, lora.adapters()), recipe.flow(), pictures, lora.parameters(), data.seed(), first,
        data.loaders());
  }

  @Override
  public Validation validate(Map<String, Tensor> averages) {
    return data.validation().isEmpty()
        ? Validation.NONE
        : new TeacherValidation(backend, recipe.flow(), data.validation())
            .of(teacher(network, lora.adapters(averages)));
  }

  /** Writes the adapters; the model stays where it is. */
  @Override
  public void export(Path model, Map<String, Tensor> averages) throws IOException {
    lora.export(model.resolve(TrainedAdapters.FOLDER).resolve(TrainedAdapters.TRANSFORMER), backend, averages);
  }

  @Override
  public String description() {
    MmDitConfig c = recipe.model().transformer();
    return "teacher: adapters of rank " + recipe.lora().rank() + " on a transformer of " + c.layers()
        + " blocks, width " + c.width() + ", by flow matching";
  }

  @Override
  public void close() {
    open.close();
  }
}
