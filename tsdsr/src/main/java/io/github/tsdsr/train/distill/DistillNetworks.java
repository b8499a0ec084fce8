package io.github.tsdsr.train.distill;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.io.model.BackendWeights;
import io.github.tsdsr.io.model.EmbeddingFiles;
import io.github.tsdsr.model.AdapterFiles;
import io.github.tsdsr.model.ModelFolder;
import io.github.tsdsr.sd3.FlowMatchScheduler;
import io.github.tsdsr.sd3.InitialAdapters;
import io.github.tsdsr.sd3.LoraSet;
import io.github.tsdsr.sd3.LoraTargets;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.sd3.WeightPlan;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.WeightsException;
import io.github.tsdsr.train.LearnedPrompt;
import io.github.tsdsr.train.TrainedWeights;
import io.github.tsdsr.train.perceptual.EncoderFeatures;
import io.github.tsdsr.train.perceptual.Lpips;
import io.github.tsdsr.train.perceptual.LpipsFiles;
import io.github.tsdsr.train.perceptual.PerceptualLoss;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The networks of a distillation: the frozen base with the adapters of all roles, the student, the perceptual loss. */
final class DistillNetworks implements AutoCloseable {
  /** What the names of trained adapters begin with, before their names in a file. */
  static final String STUDENT = "student.";
  static final String ENCODER = "encoder.";
  static final String LORA = "lora.";

  private static final String ALL = "the student in training";

  private final Scope scope;
  private final DistillRecipe recipe;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final ModelFolder teacherFolder;
  private final MmDit base;
  private final Vae vae;
  private final Adapters teacher;
  private final Prompt text;
  private final Prompt nothing;
  private final PerceptualLoss perceptual;
  private final TrainedWeights whole;
  private MmDit studentBase;
  private Prompt studentPrompt;
  private final Map<String, Tensor> adapters = new LinkedHashMap<>();

  private DistillNetworks(Scope scope, DistillRecipe recipe, long seed) throws IOException {
    this.scope = scope;
    this.recipe = recipe;
    try {
      teacherFolder = owned(ModelFolder.open(recipe.teacher()));
      base = new MmDit(recipe.transformer(), here(teacherFolder.transformer()));
      vae = new Vae(recipe.vae().config(), here(teacherFolder.vae()));
      teacher = teacherAdapters();
      try (EmbeddingFiles files = teacherFolder.defaultPrompt()) {
        text = LearnedPrompt.load(scope, files, recipe.transformer());
      }
      nothing = recipe.rules().guidance().scale() == 1 ? null : nullPrompt();
      perceptual = openPerceptual();
      whole = recipe.whole() ? new TrainedWeights() : null;
      openStudent();
      addAdapters(LORA, LoraTargets.LORA_MODEL, WeightPlan.of(recipe.transformer()), recipe.loraModel(), seed);
      if (!recipe.whole()) {
        addAdapters(
            STUDENT, LoraTargets.STUDENT, WeightPlan.of(recipe.studentTransformer()), recipe.studentLora(), seed + 1);
      }
      if (recipe.encoderAdapters()) {
        addAdapters(
            ENCODER, LoraTargets.ENCODER, WeightPlan.of(recipe.vae().config()), recipe.studentLora(), seed + 2);
      }
    } catch (IOException | RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /**
   * Opens all files.
   *
   * @param scope owns what is trained
   */
  static DistillNetworks open(Scope scope, DistillRecipe recipe, long seed) throws IOException {
    return new DistillNetworks(scope, recipe, seed);
  }

  private <T extends AutoCloseable> T owned(T part) {
    open.push(part);
    return part;
  }

  private Weights here(Weights files) {
    return owned(BackendWeights.on(scope.backend(), files));
  }

  private Adapters teacherAdapters() throws IOException {
    if (recipe.teacherLora().isEmpty()) {
      return Adapters.NONE;
    }
    AdapterFiles files = owned(AdapterFiles.open(recipe.teacherLora().get()));
    return files.transformer().orElseThrow(
        () -> new WeightsException(recipe.teacherLora().get() + ": no adapters of a transformer here"));
  }

  private Prompt nullPrompt() throws IOException {
    try (EmbeddingFiles files = teacherFolder.nullPrompt()) {
      return LearnedPrompt.load(scope, files, recipe.transformer());
    }
  }

  private PerceptualLoss openPerceptual() throws IOException {
    if (recipe.lpips().isEmpty()) {
      return new EncoderFeatures(vae);
    }
    LpipsFiles files = owned(LpipsFiles.open(recipe.lpips()));
    if (recipe.crop() < files.network().smallestSide()) {
      throw new IllegalArgumentException("crop " + recipe.crop() + ": LPIPS with " + files.network().title()
          + " needs crops of at least " + files.network().smallestSide());
    }
    return new Lpips(files.network(), here(files));
  }

  private void openStudent() throws IOException {
    boolean own = !recipe.student().equals(recipe.teacher());
    ModelFolder folder = own ? owned(ModelFolder.open(recipe.student())) : teacherFolder;
    if (whole != null) {
      Weights files = here(folder.transformer());
      for (String name : folder.transformer().names()) {
        whole.add(name, scope.copy(files.find(name).orElseThrow(), DType.F32));
      }
    }
    try (EmbeddingFiles files = folder.defaultPrompt()) {
      studentPrompt = LearnedPrompt.load(scope, files, recipe.studentTransformer());
    }
    if (whole != null) {
      whole.add(LearnedPrompt.DEFAULT.tokens(), studentPrompt.tokens());
      whole.add(LearnedPrompt.DEFAULT.pooled(), studentPrompt.pooled());
      studentBase = new MmDit(recipe.studentTransformer(), whole.weights(ALL));
    } else {
      studentBase = own ? new MmDit(recipe.studentTransformer(), here(folder.transformer())) : base;
    }
  }

  private void addAdapters(String prefix, LoraTargets targets, WeightPlan plan, LoraSettings lora, long seed) {
    InitialAdapters.make(scope, targets.shapes(plan.shapes(), lora.rank()), seed)
        .forEach((name, t) -> adapters.put(prefix + name, t));
  }

  /** The tensors of some that belong to a role, under their names in a file. */
  static Map<String, Tensor> of(String prefix, Map<String, Tensor> all) {
    Map<String, Tensor> some = new LinkedHashMap<>();
    all.forEach((name, t) -> {
      if (name.startsWith(prefix)) {
        some.put(name.substring(prefix.length()), t);
      }
    });
    return some;
  }

  private static Adapters set(String prefix, Map<String, Tensor> all, LoraSettings lora) {
    Map<String, Tensor> some = of(prefix, all);
    return some.isEmpty() ? Adapters.NONE : new LoraSet(some.keySet(), Weights.of(prefix, some), lora.scale());
  }

  /** All roles, with what is trained. */
  Roles roles() {
    MmDit network = recipe.recompute() ? studentBase.recomputing() : studentBase;
    Vae encoder = recipe.recompute() ? vae.recomputing() : vae;
    Student student = new Student(
        encoder, set(ENCODER, adapters, recipe.studentLora()), network,
        set(STUDENT, adapters, recipe.studentLora()), studentPrompt);
    return new Roles(
        FlowMatchScheduler.sd3(), encoder, recipe.recompute() ? base.recomputing() : base, teacher,
        set(LORA, adapters, recipe.loraModel()), student, nothing);
  }

  /** The student as averages make it. */
  Student student(Map<String, Tensor> averages) {
    MmDit network = whole == null ? studentBase
        : new MmDit(recipe.studentTransformer(), Weights.of("averages", complete(averages)));
    return new Student(
        vae, set(ENCODER, averages, recipe.studentLora()), network, set(STUDENT, averages, recipe.studentLora()),
        whole == null ? studentPrompt : LearnedPrompt.DEFAULT.in(averages));
  }

  /** Averages of a student that is trained whole, with its position table, which is not. */
  Map<String, Tensor> complete(Map<String, Tensor> averages) {
    Map<String, Tensor> all = new LinkedHashMap<>(averages);
    all.keySet().removeAll(adapters.keySet());
    all.put(MmDit.POSITION_TABLE, whole.tensors().get(MmDit.POSITION_TABLE));
    return all;
  }

  List<Parameter> studentParameters() {
    List<Parameter> all = new ArrayList<>();
    if (whole != null) {
      all.addAll(whole.parameters(name -> !name.equals(MmDit.POSITION_TABLE)));
    }
    all.addAll(parameters(STUDENT));
    all.addAll(parameters(ENCODER));
    return all;
  }

  List<Parameter> loraParameters() {
    return parameters(LORA);
  }

  private List<Parameter> parameters(String prefix) {
    return adapters.entrySet().stream().filter(e -> e.getKey().startsWith(prefix))
        .map(e -> new Parameter(e.getKey(), e.getValue())).toList();
  }

  /** The empty prompt; null without guidance. */
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

  @Override
  public void close() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
