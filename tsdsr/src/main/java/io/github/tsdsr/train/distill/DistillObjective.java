package io.github.tsdsr.train.distill;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.optim.GradientSum;
import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.data.BatchLoader;
import io.github.tsdsr.data.PairSource;
import io.github.tsdsr.data.RandomStream;
import io.github.tsdsr.sd3.FlowMatchScheduler;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.train.diffusion.DiffusionLoss;
import io.github.tsdsr.train.diffusion.LevelWeighting;
import io.github.tsdsr.train.network.Student;
import io.github.tsdsr.train.step.BatchTensors;
import io.github.tsdsr.train.step.Objective;
import io.github.tsdsr.train.step.StepListener;
import io.github.tsdsr.train.step.StepPart;
import io.github.tsdsr.train.step.StepRandom;
import io.github.tsdsr.train.step.TrainingException;
import io.github.tsdsr.train.tsd.Distillation;
import io.github.tsdsr.train.tsd.DistributionAwareSampling;
import io.github.tsdsr.train.tsd.Draw;
import io.github.tsdsr.train.tsd.Phase;
import io.github.tsdsr.train.tsd.PictureWindow;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Distils a student from pairs: each step a batch of degraded and clean crops, in parts where asked for; clean latents and
 * prompts are taken from what is stored with the pairs, or else from encoder and teacher. Gives the
 * gradients of the student and of the LoRA model; both are updated after it.
 */
public final class DistillObjective implements Objective {
  private final Backend backend;
  private final DistillRecipe recipe;
  private final DistillNetworks networks;
  private final Distillation distillation;
  private final List<Parameter> student;
  private final List<Parameter> lora;
  private final boolean trainsLora;
  private final Set<Tensor> studentWanted = new HashSet<>();
  private final Set<Tensor> loraWanted = new HashSet<>();
  private final BatchLoader<PairSource.Batch> loader;
  private final long seed;
  private final StepListener parts;

  /**
   * @param first the first step's number
   * @param loaders threads that prepare batches
   * @param parts hears of the parts of each step
   */
  DistillObjective(
      Backend backend, DistillRecipe recipe, DistillNetworks networks, PairSource data, long seed, long first,
      int loaders, StepListener parts) {
    this.backend = backend;
    this.recipe = recipe;
    this.networks = networks;
    this.seed = seed;
    this.parts = parts;
    distillation = new Distillation(networks.roles(), recipe.rules(), networks.perceptual(), parts);
    student = networks.studentParameters();
    lora = networks.loraParameters();
    student.forEach(p -> studentWanted.add(p.value()));
    lora.forEach(p -> loraWanted.add(p.value()));
    PhasePlan phases = recipe.phases();
    trainsLora = distillation.asksLora(phases.at(0)) || distillation.asksLora(phases.at(phases.steps() - 1));
    loader = new BatchLoader<>(data::batch, first, loaders, 2 * loaders);
  }

  @Override
  public Result step(long index) throws InterruptedException {
    PairSource.Batch batch = loader.next(index);
    parts.entered(StepPart.TARGET);
    GradientSum sum = new GradientSum(backend);
    try (Scope scope = Scope.on(backend)) {
      Map<String, Double> losses = new LinkedHashMap<>();
      StepRandom random = new StepRandom(seed, index);
      Draw draw = draw(scope, batch, random);
      DiffusionLoss.Levels levels = levels(scope, draw, random);
      Phase phase = recipe.phases().at(index);
      int size = batch.count() / recipe.parts();
      for (int part = 0; part < recipe.parts(); part++) {
        add(draw.samples(part * size, (part + 1) * size), levels.samples(part * size, (part + 1) * size), phase, sum,
            losses);
      }
      losses.forEach((name, value) -> {
        if (!Double.isFinite(value)) {
          throw new TrainingException("step " + index + ": the loss " + name + " is not finite; a lower rate may help");
        }
      });
      parts.entered(StepPart.UPDATE);
      return new Result(losses, sum);
    } catch (RuntimeException | Error e) {
      sum.close();
      throw e;
    }
  }

  /** Losses and gradients of a part of the batch, with its share. */
  private void add(
      Draw draw, DiffusionLoss.Levels levels, Phase phase, GradientSum sum, Map<String, Double> losses) {
    double share = 1.0 / recipe.parts();
    try (Scope scope = Scope.on(backend);
        Distillation.StudentStep first = distillation.student(
            scope, draw, phase, studentWanted, share, DistributionAwareSampling.Observer.NONE)) {
      Distillation.LatentLosses at = first.at();
      at.tsd().ifPresent(loss -> losses.merge("tsd", share * loss.value(), Double::sum));
      losses.merge("mse", share * at.mse().value(), Double::sum);
      at.perceptual().ifPresent(loss -> losses.merge("perceptual", share * loss.value(), Double::sum));
      losses.merge("total", share * at.total().value(), Double::sum);
      sum.add(first.grads(), student);
      if (trainsLora) {
        try (Distillation.LoraStep second =
            distillation.lora(scope, first.zhat(), levels, draw.prompt(), loraWanted, share)) {
          losses.merge("lora", share * second.loss(), Double::sum);
          sum.add(second.grads(), lora);
        }
      }
    }
  }

  private Draw draw(Scope scope, PairSource.Batch batch, StepRandom random) {
    Tensor degraded = BatchTensors.pictures(scope, batch, batch.degraded());
    Tensor clean = BatchTensors.pictures(scope, batch, batch.clean());
    Tensor target = BatchTensors.latents(scope, batch).orElseGet(() -> encoded(scope, clean));
    int n = batch.count();
    int[] range = recipe.firstLevels();
    int[] first = random.integers(StepRandom.Use.LEVELS, n, range[0], range[1]);
    int[] bias = new int[n];
    if (recipe.bias() > 0) {
      bias = random.integers(StepRandom.Use.BIAS, n, -recipe.bias(), recipe.bias() - 1);
    }
    Tensor posterior = recipe.rules().samplePosterior()
        ? random.normal(scope, StepRandom.Use.POSTERIOR, target.shape())
        : null;
    return new Draw(
        degraded, clean, target, BatchTensors.prompts(scope, batch).orElseGet(networks::text), posterior,
        random.normal(scope, StepRandom.Use.NOISE, target.shape()),
        first, bias, window(clean, random));
  }

  private PictureWindow window(Tensor clean, StepRandom random) {
    int shift = recipe.perceptualShift();
    PictureWindow whole = PictureWindow.whole(clean);
    int[] corner = random.integers(StepRandom.Use.WINDOW, 2, 0, shift);
    return new PictureWindow(corner[0], corner[1], whole.height() - shift, whole.width() - shift);
  }

  private Tensor encoded(Scope scope, Tensor clean) {
    try (Scope inner = scope.inner()) {
      Tape tape = Tape.inference(inner);
      return inner.outward(Student.latent(tape, networks.vae(), Adapters.NONE, tape.leaf(clean)).value());
    }
  }

  private DiffusionLoss.Levels levels(Scope scope, Draw draw, StepRandom random) {
    int n = draw.count();
    int last = FlowMatchScheduler.sd3().trainSteps() - 1;
    int[] indices = random.integers(StepRandom.Use.LORA_LEVELS, n, 0, last);
    boolean uniform = recipe.rules().loraLoss() instanceof DiffusionLoss.Denoised d
        && d.weighting() == LevelWeighting.MODE;
    RandomStream stream = random.stream(StepRandom.Use.WEIGHTINGS);
    double[] draws = new double[n];
    if (uniform) {
      for (int i = 0; i < n; i++) {
        draws[i] = stream.uniform();
      }
    } else {
      stream.addNormal(1, draws);
    }
    return new DiffusionLoss.Levels(
        indices, random.normal(scope, StepRandom.Use.LORA_NOISE, draw.target().shape()), draws);
  }

  @Override
  public void close() {
    loader.close();
  }
}
