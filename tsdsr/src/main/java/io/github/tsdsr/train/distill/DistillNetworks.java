package io.github.tsdsr.train.distill;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.model.AdapterFiles;
import io.github.tsdsr.model.OpenParts;
import io.github.tsdsr.perceptual.EncoderFeatures;
import io.github.tsdsr.perceptual.Lpips;
import io.github.tsdsr.perceptual.LpipsFiles;
import io.github.tsdsr.perceptual.PerceptualLoss;
import io.github.tsdsr.sd3.FlowMatchScheduler;
import io.github.tsdsr.sd3.LoraTargets;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.sd3.WeightPlan;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.train.lora.TrainedAdapters;
import io.github.tsdsr.train.network.FrozenModel;
import io.github.tsdsr.train.network.LearnedPrompt;
import io.github.tsdsr.train.network.Student;
import io.github.tsdsr.train.network.TrainedWeights;
import io.github.tsdsr.train.tsd.Roles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The networks of a distillation: the frozen base with the adapters of all roles, the student, the perceptual loss. */
final class DistillNetworks {
  private static final String ALL = "the student in training";

  private final Scope scope;
  private final DistillRecipe recipe;
  private final OpenParts open;
  private final MmDit base;
  private final Vae vae;
  private final Adapters teacher;
  private final Prompt text;
  private final Prompt nothing;
  private final PerceptualLoss perceptual;
  private final TrainedWeights whole;
  private final MmDit studentBase;
  private final Prompt studentPrompt;
  private final TrainedAdapters studentLora;
  private final TrainedAdapters encoderLora;
  private final TrainedAdapters lora;

  /**
   * Opens all files.
   *
   * @param scope owns what is trained
   * @param open owns files and copies of weights
   */
  DistillNetworks(Scope scope, OpenParts open, DistillRecipe recipe, long seed) throws IOException {
    this.scope = scope;
    this.open = open;
    this.recipe = recipe;
    FrozenModel model = FrozenModel.open(scope, open, recipe.teacher());
    base = model.transformer();
    vae = model.vae();
    teacher = teacherAdapters();
    text = model.text();
    nothing = recipe.rules().asksNothing() ? model.nothing() : null;
    perceptual = openPerceptual();
    boolean own = !recipe.student().equals(recipe.teacher());
    FrozenModel first = own ? FrozenModel.open(scope, open, recipe.student()) : model;
    studentPrompt = first.text();
    whole = recipe.studentAdapters().whole() ? trained(first) : null;
    studentBase = whole != null ? new MmDit(recipe.student().transformer(), whole.weights(ALL))
        : own ? first.transformer() : base;
    StudentAdapters of = recipe.studentAdapters();
    WeightPlan transformer = WeightPlan.of(recipe.teacher().transformer());
    WeightPlan studentTransformer = WeightPlan.of(recipe.student().transformer());
    lora = TrainedAdapters.of(scope, "lora.", LoraTargets.LORA_MODEL, transformer, recipe.loraModel(), seed);
    studentLora = of.transformer().isEmpty() ? TrainedAdapters.none()
        : TrainedAdapters.of(
            scope, "student.", LoraTargets.STUDENT, studentTransformer, of.transformer().get(), seed + 1);
    encoderLora = of.encoder().isEmpty() ? TrainedAdapters.none()
        : TrainedAdapters.of(
            scope, "encoder.", LoraTargets.ENCODER, WeightPlan.of(recipe.vae().config()), of.encoder().get(),
            seed + 2);
  }

  private Adapters teacherAdapters() throws IOException {
    if (recipe.teacherLora().isEmpty()) {
      return Adapters.NONE;
    }
    return open.add(AdapterFiles.open(recipe.teacherLora().get()))
        .transformerOf(recipe.teacher().transformer());
  }

  private PerceptualLoss openPerceptual() throws IOException {
    if (recipe.lpips().isEmpty()) {
      return new EncoderFeatures(vae);
    }
    LpipsFiles files = open.add(LpipsFiles.open(recipe.lpips()));
    int side = recipe.crop() - recipe.perceptualShift();
    if (side < files.network().smallestSide()) {
      throw new IllegalArgumentException("crop " + recipe.crop()
          + (recipe.perceptualShift() == 0 ? "" : " less perceptual_shift " + recipe.perceptualShift())
          + ": LPIPS with " + files.network().title() + " needs at least " + files.network().smallestSide());
    }
    return new Lpips(files.network(), open.onBackend(scope.backend(), files));
  }

  /** All weights and the prompt, to be trained. */
  private TrainedWeights trained(FrozenModel model) {
    TrainedWeights all = new TrainedWeights();
    Weights files = open.onBackend(scope.backend(), model.folder().transformer());
    for (String name : model.folder().transformer().names()) {
      all.add(name, scope.copy(files.find(name).orElseThrow(), DType.F32));
    }
    all.add(LearnedPrompt.DEFAULT.tokens(), studentPrompt.tokens());
    all.add(LearnedPrompt.DEFAULT.pooled(), studentPrompt.pooled());
    return all;
  }

  /** All roles, with what is trained. */
  Roles roles() {
    MmDit network = recipe.recompute() ? studentBase.recomputing() : studentBase;
    Vae encoder = recipe.recompute() ? vae.recomputing() : vae;
    Student student =
        new Student(encoder, encoderLora.adapters(), network, studentLora.adapters(), studentPrompt);
    return new Roles(
        FlowMatchScheduler.sd3(), encoder, recipe.recompute() ? base.recomputing() : base, teacher, lora.adapters(),
        student, nothing);
  }

  /** The student as averages make it. */
  Student student(Map<String, Tensor> averages) {
    MmDit network = whole == null ? studentBase
        : new MmDit(recipe.student().transformer(), Weights.of("averages", complete(averages)));
    return new Student(
        vae, encoderLora.adapters(averages), network, studentLora.adapters(averages),
        whole == null ? studentPrompt : LearnedPrompt.DEFAULT.in(averages));
  }

  /** Averages of a student that is trained whole, with its position table, which is not. */
  Map<String, Tensor> complete(Map<String, Tensor> averages) {
    Map<String, Tensor> all = new LinkedHashMap<>(averages);
    List.of(lora, encoderLora).forEach(adapters -> all.keySet().removeAll(adapters.names()));
    all.put(MmDit.POSITION_TABLE, whole.tensors().get(MmDit.POSITION_TABLE));
    return all;
  }

  /** Writes the averages of all adapters that are trained under the names of the published files. */
  void exportAdapters(Path folder, Backend backend, Map<String, Tensor> averages) throws IOException {
    studentLora.export(folder.resolve(TrainedAdapters.TRANSFORMER), backend, averages);
    encoderLora.export(folder.resolve(TrainedAdapters.ENCODER), backend, averages);
    lora.export(folder.resolve(TrainedAdapters.LORA_MODEL), backend, averages);
  }

  List<Parameter> studentParameters() {
    List<Parameter> all = new ArrayList<>();
    if (whole != null) {
      all.addAll(whole.parameters(name -> !name.equals(MmDit.POSITION_TABLE)));
    }
    all.addAll(studentLora.parameters());
    all.addAll(encoderLora.parameters());
    return all;
  }

  List<Parameter> loraParameters() {
    return lora.parameters();
  }

  /** The empty prompt; null where it is not asked for. */
  Prompt nothing() {
    return nothing;
  }

  Prompt text() {
    return text;
  }

  PerceptualLoss perceptual() {
    return perceptual;
  }

  Vae vae() {
    return vae;
  }
}
