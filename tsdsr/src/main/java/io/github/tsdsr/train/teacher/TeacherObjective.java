package io.github.tsdsr.train.teacher;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Grads;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Concat;
import io.github.tsdsr.data.BatchLoader;
import io.github.tsdsr.data.Enlargement;
import io.github.tsdsr.data.PairSource;
import io.github.tsdsr.data.PhotoCrops;
import io.github.tsdsr.data.PhotoPairs;
import io.github.tsdsr.data.RandomStream;
import io.github.tsdsr.sd3.FlowMatchScheduler;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.train.LearnedPrompt;
import io.github.tsdsr.train.Objective;
import io.github.tsdsr.train.StepRandom;
import io.github.tsdsr.train.TrainedWeights;
import io.github.tsdsr.train.distill.DiffusionLoss;
import io.github.tsdsr.train.distill.Student;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * Trains a whole transformer by flow matching: mean (v - (noise - z))^2 for latents z of photos, each at a level of its own,
 * uniform over the scheduler's. Most samples come under the default prompt, some under the null prompt; those may be
 * degraded photos, and then guidance leads away from what degraded photos look like.
 */
public final class TeacherObjective implements Objective {
  /** Photos (N,H,W,3) with values in [-1,1]; degraded ones as well where they are asked for. */
  private record Photos(long index, int count, int size, float[] clean, float[] degraded) {}

  private final Backend backend;
  private final Vae vae;
  private final MmDit transformer;
  private final FlowMatchScheduler scheduler = FlowMatchScheduler.sd3();
  private final Prompt shown;
  private final Prompt nothing;
  private final Set<Tensor> wanted = new HashSet<>();
  private final BatchLoader<Photos> loader;
  private final double nullShare;
  private final long seed;

  /**
   * @param vae frozen
   * @param weights the transformer's and the prompts'
   * @param first the first step's number
   * @param loaders threads that prepare batches
   */
  public TeacherObjective(
      Backend backend, Vae vae, TeacherRecipe recipe, TrainedWeights weights, PhotoCrops crops, long seed, long first,
      int loaders) {
    this.backend = backend;
    this.vae = vae;
    this.seed = seed;
    transformer = new MmDit(recipe.transformer(), weights.weights("the transformer in training"));
    shown = LearnedPrompt.DEFAULT.in(weights.tensors());
    nothing = LearnedPrompt.NULL.in(weights.tensors());
    nullShare = recipe.nullShare();
    weights.parameters(name -> !name.equals(MmDit.POSITION_TABLE)).forEach(p -> wanted.add(p.value()));
    LongFunction<Photos> maker = recipe.nullDegradation()
        .<LongFunction<Photos>>map(d -> degraded(new PhotoPairs(crops, d, Enlargement.TORCH_BICUBIC)))
        .orElse(index -> {
          PhotoCrops.Batch b = crops.batch(index);
          return new Photos(index, b.count(), b.size(), b.clean(), b.clean());
        });
    loader = new BatchLoader<>(maker, first, loaders, 2 * loaders);
  }

  private static LongFunction<Photos> degraded(PhotoPairs pairs) {
    return index -> {
      PairSource.Batch b = pairs.batch(index);
      return new Photos(index, b.count(), b.size(), b.clean(), b.degraded());
    };
  }

  @Override
  public Result step(long index) throws InterruptedException {
    Photos photos = loader.next();
    if (photos.index != index) {
      throw new IllegalStateException("step " + index + " got batch " + photos.index);
    }
    StepRandom random = new StepRandom(seed, index);
    boolean[] without = new boolean[photos.count];
    RandomStream chances = random.stream(StepRandom.Use.PROMPTS);
    for (int i = 0; i < without.length; i++) {
      without[i] = chances.chance(nullShare);
    }
    try (Scope scope = Scope.on(backend);
        Tape tape = new Tape(scope, wanted)) {
      Tensor z = Student.latent(tape, vae, Adapters.NONE, tape.leaf(pictures(scope, photos, without))).value();
      int[] levels =
          random.integers(StepRandom.Use.LEVELS, photos.count, 0, scheduler.trainSteps() - 1);
      Tensor noise = random.normal(scope, StepRandom.Use.NOISE, z.shape());
      Var tokens = chosen(tape, without, Prompt::tokens);
      Var pooled = chosen(tape, without, Prompt::pooled);
      Var loss = new DiffusionLoss.Velocity().of(tape, DiffusionLoss.predict(
          tape, scheduler, transformer, Adapters.NONE, z, new DiffusionLoss.Levels(levels, noise, null), tokens,
          pooled));
      Grads grads = tape.backward(Map.of(loss, scope.full(1, DType.F32, loss.shape())));
      Map<String, Double> losses = new LinkedHashMap<>();
      losses.put("flow", Values.scalar(backend, loss.value()));
      return new Result(losses, grads);
    }
  }

  private static Tensor pictures(Scope scope, Photos photos, boolean[] degraded) {
    float[] all = photos.clean.clone();
    int each = all.length / photos.count;
    for (int i = 0; i < photos.count; i++) {
      if (degraded[i]) {
        System.arraycopy(photos.degraded, i * each, all, i * each, each);
      }
    }
    return Values.tensor(scope, DType.F32, all, photos.count, photos.size, photos.size, 3);
  }

  /** Each sample's prompt. */
  private Var chosen(Tape tape, boolean[] without, Function<Prompt, Tensor> part) {
    Var[] each = new Var[without.length];
    for (int i = 0; i < each.length; i++) {
      each[i] = tape.leaf(part.apply(without[i] ? nothing : shown));
    }
    return Concat.apply(tape, 0, each);
  }

  @Override
  public void close() {
    loader.close();
  }
}
