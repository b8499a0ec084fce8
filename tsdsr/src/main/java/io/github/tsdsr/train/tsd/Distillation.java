package io.github.tsdsr.train.tsd;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Grads;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.perceptual.PerceptualLoss;
import io.github.tsdsr.sd3.FlowMatchScheduler;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Formula;
import io.github.tsdsr.train.diffusion.DiffusionLoss;
import io.github.tsdsr.train.step.StepListener;
import io.github.tsdsr.train.step.StepPart;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The losses and gradients of one step of Target Score Distillation (Algorithm 1), in this order: {@link #student}, then the
 * student's optimiser; {@link #lora} on the latent that the student made before it moved, then the LoRA model's optimiser.
 * Where rules and phase leave the LoRA model without a say ({@link #asksLora}) its step is not needed.
 */
public final class Distillation {
  /**
   * A student's step.
   *
   * @param zhat the student's latent (B,h,w,C)
   * @param at the losses at the latent
   * @param grads of what is trained
   */
  public record StudentStep(Tensor zhat, LatentLosses at, Grads grads) implements AutoCloseable {
    @Override
    public void close() {
      grads.close();
    }
  }

  /** A LoRA model's step: its loss and the gradients of what is trained. */
  public record LoraStep(double loss, Grads grads) implements AutoCloseable {
    @Override
    public void close() {
      grads.close();
    }
  }

  /**
   * The losses of a student's latent.
   *
   * @param tsd before its weight; none where that is 0
   * @param mse also where it does not count
   * @param perceptual before its weight; none where that is 0
   * @param total weighted
   */
  public record LatentLosses(
      Optional<LatentLoss> tsd, LatentLoss mse, Optional<LatentLoss> perceptual, LatentLoss total) {}

  private final Roles roles;
  private final DistillationRules rules;
  private final ImageLoss imageLoss;
  private final StepListener parts;

  /**
   * @param perceptual compares the decoded student's latent with the photo
   */
  public Distillation(Roles roles, DistillationRules rules, PerceptualLoss perceptual) {
    this(roles, rules, perceptual, StepListener.NONE);
  }

  /**
   * @param perceptual compares the decoded student's latent with the photo
   * @param parts hears of the parts of each step
   */
  public Distillation(Roles roles, DistillationRules rules, PerceptualLoss perceptual, StepListener parts) {
    this.roles = roles;
    this.rules = rules;
    this.parts = parts;
    this.imageLoss = new ImageLoss(roles.vae(), perceptual, rules.clampPicture());
  }

  /**
   * Losses and gradients of the student. Nothing is changed.
   *
   * @param scope owns the latent and the gradients at it
   * @param trained what gradients are wanted for
   * @param share of this batch in the optimiser's step; gradients are multiplied with it
   */
  public StudentStep student(
      Scope scope, Draw draw, Phase phase, Set<Tensor> trained, double share,
      DistributionAwareSampling.Observer observer) {
    try (Scope inner = scope.inner();
        Tape tape = new Tape(inner, trained)) {
      parts.entered(StepPart.STUDENT);
      Var zhat = roles.student().apply(tape, tape.leaf(draw.degraded()), posteriorNoise(draw)).zhat();
      LatentLosses at = atLatent(inner, zhat.value(), draw, phase, observer);
      parts.entered(StepPart.STUDENT_GRADIENT);
      Tensor gradient = at.total.gradient();
      Tensor seed = new Formula(inner.backend(), inner, gradient.dtype()).affine(gradient, share, 0);
      Grads grads = tape.backward(Map.of(zhat, seed));
      Stream.of(at.tsd.stream(), Stream.of(at.mse, at.total), at.perceptual.stream()).flatMap(losses -> losses)
          .forEach(loss -> scope.keep(loss.gradient()));
      return new StudentStep(scope.keep(zhat.value()), at, grads);
    }
  }

  private Tensor posteriorNoise(Draw draw) {
    if (!rules.samplePosterior()) {
      return null;
    }
    if (draw.posteriorNoise() == null) {
      throw new IllegalArgumentException("these rules sample the student's latent; expected noise for it");
    }
    return draw.posteriorNoise();
  }

  /** All losses of a student's latent; what has no weight is not computed. */
  LatentLosses atLatent(
      Scope scope, Tensor zhat, Draw draw, Phase phase, DistributionAwareSampling.Observer observer) {
    Optional<LatentLoss> tsd = rules.gamma2() == 0 ? Optional.empty()
        : Optional.of(TargetScoreDistillation.loss(
            scope, direction(scope, zhat, draw, phase.sampling(), observer)));
    LatentLoss mse = LatentMse.loss(scope, zhat, draw.target());
    Optional<LatentLoss> perceptual = phase.gamma1() == 0 ? Optional.empty()
        : Optional.of(imageLoss.loss(scope, zhat, draw.clean(), draw.window(), parts));
    WeightedSum total = new WeightedSum(scope, zhat);
    perceptual.ifPresent(loss -> total.add(phase.gamma1(), loss));
    tsd.ifPresent(loss -> total.add(rules.gamma2(), loss));
    if (phase.mse()) {
      total.add(1, mse);
    }
    return new LatentLosses(tsd, mse, perceptual, total.loss());
  }

  /** Losses of one latent, weighted and added. */
  private static final class WeightedSum {
    private final Formula formula;
    private double value;
    private Tensor gradient;

    WeightedSum(Scope scope, Tensor zhat) {
      formula = new Formula(scope.backend(), scope, zhat.dtype().accumulator());
      gradient = scope.zeros(zhat.dtype().accumulator(), zhat.shape());
    }

    void add(double weight, LatentLoss loss) {
      value += weight * loss.value();
      gradient = formula.add(gradient, formula.affine(loss.gradient(), weight, 0));
    }

    LatentLoss loss() {
      return new LatentLoss(value, gradient);
    }
  }

  /** g of Eq. 5 for a student's latent. */
  Tensor direction(
      Scope scope, Tensor zhat, Draw draw, DistributionAwareSampling sampling,
      DistributionAwareSampling.Observer observer) {
    parts.entered(StepPart.DIRECTION);
    FlowMatchScheduler scheduler = roles.scheduler();
    int[] first = draw.indices().clone();
    int[] bias = draw.bias().clone();
    double[] levels = Arrays.stream(first).mapToDouble(scheduler::sigma).toArray();
    if (rules.sharedLevels()) {
      Arrays.fill(first, first[0]);
      Arrays.fill(bias, bias[0]);
    }
    Trajectory way = Trajectory.of(scheduler, first, sampling.points(), sampling.stride(), bias);
    try (Scope inner = scope.inner()) {
      Tape tape = Tape.inference(inner);
      Var noise = tape.leaf(draw.noise());
      Tensor zhatT = FlowMatchScheduler.noised(tape, tape.leaf(zhat), noise, levels).value();
      Tensor zT = FlowMatchScheduler.noised(tape, tape.leaf(draw.target()), noise, levels).value();
      DistributionAwareSampling.Residuals sums = sampling.along(
          inner, score(roles.teacher(), draw.prompt()), score(roles.lora(), draw.prompt()), zhatT, zT, way,
          rules.lambda(), observer, parts);
      return inner.outward(TargetScoreDistillation.direction(inner, sums, rules.lambda()));
    }
  }

  /** Whether the LoRA model has a say in a phase: its velocity counts, or moves the student's latent from point to point. */
  public boolean asksLora(Phase phase) {
    return rules.gamma2() != 0 && (rules.lambda() != 0 || phase.sampling().points() > 1);
  }

  private Score score(Adapters adapters, Prompt prompt) {
    MmDit base = roles.base();
    return (scope, latent, times) -> rules.guidance().velocity(scope, base, adapters, latent, times, prompt,
        roles.nothing());
  }

  /**
   * Loss and gradients of the LoRA model, which learns to denoise the student's latents. Nothing is changed.
   *
   * @param zhat the student's latent, a constant here
   * @param prompt for B samples or one
   * @param trained what gradients are wanted for
   * @param share of this batch in the optimiser's step; gradients are multiplied with it
   */
  public LoraStep lora(
      Scope scope, Tensor zhat, DiffusionLoss.Levels levels, Prompt prompt, Set<Tensor> trained, double share) {
    try (Scope inner = scope.inner();
        Tape tape = new Tape(inner, trained)) {
      parts.entered(StepPart.LORA_STEP);
      DiffusionLoss.Prediction p =
          DiffusionLoss.predict(tape, roles.scheduler(), roles.base(), roles.lora(), zhat, levels, prompt);
      Var loss = rules.loraLoss().of(tape, p);
      double value = Values.scalar(inner.backend(), loss.value());
      Tensor seed = inner.full(share, zhat.dtype().accumulator(), loss.shape());
      return new LoraStep(value, tape.backward(Map.of(loss, seed)));
    }
  }
}
