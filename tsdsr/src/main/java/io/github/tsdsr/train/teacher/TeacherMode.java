package io.github.tsdsr.train.teacher;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.data.ValidationSet;
import io.github.tsdsr.infer.PictureSampler;
import io.github.tsdsr.infer.UpscaleSettings;
import io.github.tsdsr.io.model.WeightFiles;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.sd3.FlowMatchScheduler;
import io.github.tsdsr.sd3.Guidance;
import io.github.tsdsr.sd3.GuidedSampler;
import io.github.tsdsr.sd3.InitialWeights;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.train.LearnedPrompt;
import io.github.tsdsr.train.Mode;
import io.github.tsdsr.train.Objective;
import io.github.tsdsr.train.ParameterGroup;
import io.github.tsdsr.train.RunSettings;
import io.github.tsdsr.train.StepRandom;
import io.github.tsdsr.train.StudentValidation;
import io.github.tsdsr.train.TrainedWeights;
import io.github.tsdsr.train.TrainingData;
import io.github.tsdsr.train.TrainingListener;
import io.github.tsdsr.train.TransformerExport;
import io.github.tsdsr.train.UpdateSettings;
import io.github.tsdsr.train.Validation;
import io.github.tsdsr.train.distill.DiffusionLoss;
import io.github.tsdsr.train.distill.Student;
import io.github.tsdsr.train.start.LocalAttention;
import io.github.tsdsr.train.start.NamedArrays;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Pre-training of a teacher on a frozen autoencoder. */
final class TeacherMode implements Mode {
  private static final List<LearnedPrompt> PROMPTS = List.of(LearnedPrompt.DEFAULT, LearnedPrompt.NULL);
  /** The levels, from noise to data, at which the loss of validation crops is measured. */
  private static final int[] LEVELS = {100, 300, 500, 700, 900};
  private static final int SAMPLES = 4;

  private final Backend backend;
  private final TeacherRecipe recipe;
  private final UpdateSettings updates;
  private final TrainingData data;
  private final WeightFiles vaeWeights;
  private final Vae vae;
  private final TrainedWeights weights;

  TeacherMode(Backend backend, Scope scope, TeacherRecipe recipe, RunSettings run, TrainingData data)
      throws IOException {
    this.backend = backend;
    this.recipe = recipe;
    this.data = data;
    updates = run.optimisation();
    MmDitConfig transformer = recipe.transformer();
    NamedArrays start = NamedArrays.of(backend, InitialWeights.of(transformer, data.seed()), data.seed());
    if (recipe.localStart()) {
      LocalAttention.apply(start, transformer);
    }
    weights = TrainedWeights.of(scope, start);
    PROMPTS.forEach(p -> p.addTo(weights, scope, data.seed(), recipe.promptTokens(), transformer));
    vaeWeights = WeightFiles.open(recipe.vae().folder());
    vae = new Vae(recipe.vae().config(), vaeWeights);
  }

  @Override
  public List<ParameterGroup> groups() {
    return List.of(new ParameterGroup("", weights.parameters(n -> !n.equals(MmDit.POSITION_TABLE)), updates));
  }

  @Override
  public Objective objective(long first, TrainingListener listener) {
    return new TeacherObjective(
        backend, vae, recipe, weights, data.crops(), data.seed(), first, data.loaders());
  }

  private Map<String, Tensor> complete(Map<String, Tensor> averages) {
    Map<String, Tensor> all = new LinkedHashMap<>(averages);
    all.put(MmDit.POSITION_TABLE, weights.tensors().get(MmDit.POSITION_TABLE));
    return all;
  }

  /** The loss of the crops' middles at fixed levels under fixed noise, and a few pictures made from noise. */
  @Override
  public Validation validate(Map<String, Tensor> averages) {
    if (data.validation().isEmpty()) {
      return Validation.NONE;
    }
    MmDit network = new MmDit(recipe.transformer(), Weights.of("averages", complete(averages)));
    Prompt shown = LearnedPrompt.DEFAULT.in(averages);
    double sum = 0;
    for (int i = 0; i < data.validation().size(); i++) {
      sum += loss(network, shown, data.validation().get(i), i);
    }
    return new Validation(
        Map.of("flow_validation", sum / data.validation().size()), List.of(samples(network, averages)));
  }

  private double loss(MmDit network, Prompt prompt, ValidationSet.Crop crop, int number) {
    int side = recipe.crop();
    BytePixels clean = crop.clean();
    float[] x = clean.crop((clean.width() - side) / 2, (clean.height() - side) / 2, side, side).toUnit().samples();
    for (int i = 0; i < x.length; i++) {
      x[i] = 2 * x[i] - 1;
    }
    try (Scope scope = Scope.on(backend);
        Tape tape = Tape.inference(scope)) {
      Tensor picture = Values.tensor(scope, DType.F32, x, 1, side, side, 3);
      Tensor one = Student.latent(tape, vae, Adapters.NONE, tape.leaf(picture)).value();
      Tensor z = scope.copy(one.broadcast(LEVELS.length, one.size(1), one.size(2), one.size(3)), DType.F32);
      Tensor noise = new StepRandom(0, number).normal(scope, StepRandom.Use.NOISE, z.shape());
      return Values.scalar(backend, new DiffusionLoss.Velocity().of(tape, DiffusionLoss.predict(
          tape, FlowMatchScheduler.sd3(), network, Adapters.NONE, z,
          new DiffusionLoss.Levels(LEVELS, noise, null), prompt)).value());
    }
  }

  private Validation.Strip samples(MmDit network, Map<String, Tensor> averages) {
    PictureSampler sampler = new PictureSampler(
        backend, vae, network, Adapters.NONE, LearnedPrompt.DEFAULT.in(averages), LearnedPrompt.NULL.in(averages),
        new Guidance(recipe.guidance(), true), recipe.sampleSteps());
    List<Validation.Panel> panels = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      panels.add(new Validation.Panel("from noise " + (i + 1), "",
          sampler.sample(recipe.crop(), recipe.crop(), 0, i, GuidedSampler.Listener.NONE)));
    }
    return new Validation.Strip("Samples", panels);
  }

  @Override
  public void export(Path model, Map<String, Tensor> averages) throws IOException {
    int factor = recipe.vae().config().factor();
    UpscaleSettings settings =
        StudentValidation.settings(recipe.crop(), factor, recipe.crop() / factor / 4);
    new TransformerExport(recipe.vae(), recipe.transformer(), settings, Optional.empty())
        .write(model, backend, complete(averages), PROMPTS);
  }

  @Override
  public String description() {
    MmDitConfig c = recipe.transformer();
    return "teacher: transformer of " + c.layers() + " blocks, width " + c.width()
        + ", by flow matching on a frozen autoencoder of factor " + recipe.vae().config().factor();
  }

  @Override
  public void close() {
    vaeWeights.close();
  }
}
