package io.github.tsdsr.train.teacher;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Grads;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Concat;
import io.github.tsdsr.autograd.optim.GradientSum;
import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.data.BatchLoader;
import io.github.tsdsr.data.PairSource;
import io.github.tsdsr.data.RandomStream;
import io.github.tsdsr.sd3.FlowMatchScheduler;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.train.diffusion.DiffusionLoss;
import io.github.tsdsr.train.network.Student;
import io.github.tsdsr.train.step.BatchTensors;
import io.github.tsdsr.train.step.Objective;
import io.github.tsdsr.train.step.StepRandom;
import io.github.tsdsr.train.step.TrainingException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Trains a transformer, or adapters of it, by flow matching: mean (v - (noise - z))^2 for latents z of photos, each at a
 * level of its own, uniform over the scheduler's. Most samples come under the prompt that is stored with them or else the
 * default prompt, some under the null prompt; those may be degraded photos, and then guidance leads away from what degraded
 * photos look like.
 */
public final class TeacherObjective implements Objective {
  /** A batch where it is computed: pictures (N,H,W,3), stored latents (N,h,w,C) and prompts, if there are any. */
  private record Shown(Tensor pictures, Optional<Tensor> latents, Optional<Prompt> prompts, boolean[] without) {}

  private final Backend backend;
  private final Teacher teacher;
  private final FlowSettings settings;
  private final FlowMatchScheduler scheduler = FlowMatchScheduler.sd3();
  private final List<Parameter> trained;
  private final Set<Tensor> wanted = new HashSet<>();
  private final BatchLoader<PairSource.Batch> loader;
  private final long seed;

  /**
   * @param pictures the clean ones are learned, and degraded ones where they are asked for
   * @param trained of the teacher's transformer, adapters and prompts
   * @param first the first step's number
   * @param loaders threads that prepare batches
   */
  public TeacherObjective(
      Backend backend, Teacher teacher, FlowSettings settings, PairSource pictures, List<Parameter> trained, long seed,
      long first, int loaders) {
    this.backend = backend;
    this.teacher = teacher;
    this.settings = settings;
    this.trained = trained;
    this.seed = seed;
    trained.forEach(p -> wanted.add(p.value()));
    loader = new BatchLoader<>(pictures::batch, first, loaders, 2 * loaders);
  }

  @Override
  public Result step(long index) throws InterruptedException {
    PairSource.Batch batch = loader.next(index);
    GradientSum sum = new GradientSum(backend);
    try (Scope scope = Scope.on(backend)) {
      StepRandom random = new StepRandom(seed, index);
      Shown shown = shown(scope, batch, random);
      int[] levels = random.integers(StepRandom.Use.LEVELS, batch.count(), 0, scheduler.trainSteps() - 1);
      Tensor noise = random.normal(scope, StepRandom.Use.NOISE, latentShape(batch));
      int size = batch.count() / settings.parts();
      double loss = 0;
      for (int from = 0; from < batch.count(); from += size) {
        int to = from + size;
        loss += add(shown, from, to,
            new DiffusionLoss.Levels(Arrays.copyOfRange(levels, from, to), noise.slice(0, from, to), null), sum);
      }
      if (!Double.isFinite(loss)) {
        throw new TrainingException("step " + index + ": the loss flow is not finite; a lower rate may help");
      }
      return new Result(Map.of("flow", loss), sum);
    } catch (RuntimeException | Error e) {
      sum.close();
      throw e;
    }
  }

  private Shown shown(Scope scope, PairSource.Batch batch, StepRandom random) {
    boolean[] without = new boolean[batch.count()];
    RandomStream chances = random.stream(StepRandom.Use.PROMPTS);
    for (int i = 0; i < without.length; i++) {
      without[i] = chances.chance(settings.nullShare());
    }
    float[] samples = batch.clean();
    if (settings.nullDegraded()) {
      samples = samples.clone();
      int each = samples.length / batch.count();
      for (int i = 0; i < without.length; i++) {
        if (without[i]) {
          System.arraycopy(batch.degraded(), i * each, samples, i * each, each);
        }
      }
    }
    // A stored latent is that of a clean picture.
    Optional<Tensor> latents = settings.nullDegraded() ? Optional.empty() : BatchTensors.latents(scope, batch);
    return new Shown(
        BatchTensors.pictures(scope, batch, samples), latents, BatchTensors.prompts(scope, batch), without);
  }

  private long[] latentShape(PairSource.Batch batch) {
    long side = batch.size() / teacher.vae().config().factor();
    return new long[] {batch.count(), side, side, teacher.vae().config().latentChannels()};
  }

  /** Adds the gradients of some of the samples, and gives their share of the loss. */
  private double add(Shown shown, int from, int to, DiffusionLoss.Levels levels, GradientSum sum) {
    double share = 1.0 / settings.parts();
    try (Scope scope = Scope.on(backend);
        Tape tape = new Tape(scope, wanted)) {
      Tensor z = shown.latents.map(all -> all.slice(0, from, to)).orElseGet(() -> Student.latent(
          tape, teacher.vae(), Adapters.NONE, tape.leaf(shown.pictures.slice(0, from, to))).value());
      Var loss = new DiffusionLoss.Velocity().of(tape, DiffusionLoss.predict(
          tape, scheduler, teacher.transformer(), teacher.adapters(), z, levels,
          prompts(tape, shown, from, to, Prompt::tokens), prompts(tape, shown, from, to, Prompt::pooled)));
      try (Grads grads = tape.backward(Map.of(loss, scope.full(share, DType.F32, loss.shape())))) {
        sum.add(grads, trained);
      }
      return share * Values.scalar(backend, loss.value());
    }
  }

  /** A part of each sample's prompt. */
  private Var prompts(Tape tape, Shown shown, int from, int to, Function<Prompt, Tensor> part) {
    Var[] each = new Var[to - from];
    for (int i = from; i < to; i++) {
      int sample = i;
      Tensor t = shown.without[i] ? part.apply(teacher.nothing())
          : shown.prompts.map(p -> part.apply(p).slice(0, sample, sample + 1)).orElse(part.apply(teacher.shown()));
      each[i - from] = tape.leaf(t);
    }
    return Concat.apply(tape, 0, each);
  }

  @Override
  public void close() {
    loader.close();
  }
}
