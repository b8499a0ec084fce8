package io.github.tsdsr.train.tsd;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.Formula;
import io.github.tsdsr.train.step.StepListener;
import io.github.tsdsr.train.step.StepPart;
import java.util.List;

/**
 * DASM (Eq. 6): residuals summed over N points on the way to less noise. From point to point the student's latent goes
 * along the LoRA model's velocity and the clean one along the teacher's: zhat += (sigma' - sigma) eps_phi(zhat), z += (sigma' -
 * sigma) eps_psi(z). N = 1 is the naive sampler.
 *
 * @param points N
 * @param stride indices from a point to the next
 * @param weights w_k of the points, times sigma_k^2; the last one goes on where there are fewer than points
 */
public record DistributionAwareSampling(int points, int stride, List<Double> weights) {
  /** The published program's weights. */
  public static final List<Double> PUBLISHED_WEIGHTS = List.of(1.0, 0.3, 0.3, 0.3);
  /** The paper's stride. */
  public static final int PUBLISHED_STRIDE = 50;

  public DistributionAwareSampling {
    weights = List.copyOf(weights);
    if (points < 1 || stride < 1 || weights.isEmpty()) {
      throw new IllegalArgumentException(
          "expected at least one point, a stride and a weight, got " + points + ", " + stride + " and " + weights);
    }
  }

  /** N points with the published stride and weights. */
  public static DistributionAwareSampling of(int points) {
    return new DistributionAwareSampling(points, PUBLISHED_STRIDE, PUBLISHED_WEIGHTS);
  }

  /** One point: no sampling along a trajectory. */
  public static DistributionAwareSampling naive() {
    return of(1);
  }

  /**
   * Weighted residuals summed over the points, each shaped as the latent; zeros where it was not asked for.
   *
   * @param vsd of {@link VariationalScoreDistillation}
   * @param tsm of {@link TargetScoreMatching}
   */
  public record Residuals(Tensor vsd, Tensor tsm) {}

  /**
   * What was found at a point; tensors are valid during the call that tells it.
   *
   * @param k from 0
   * @param weights w_k sigma^2 of each sample
   * @param zhat the student's noised latent here
   * @param z the clean noised latent here
   * @param teacherZhat the teacher's velocity of zhat
   * @param teacherZ the teacher's velocity of z; null where VSD alone counts
   * @param loraZhat the LoRA model's velocity of zhat; null at the last point where TSM alone counts
   * @param sums up to and including this point
   */
  public record Point(
      int k, double[] times, double[] sigmas, double[] weights, Tensor zhat, Tensor z, Tensor teacherZhat,
      Tensor teacherZ, Tensor loraZhat, Residuals sums) {}

  /** Hears of each point. */
  @FunctionalInterface
  public interface Observer {
    /** Hears nothing. */
    Observer NONE = _ -> {};

    /** A point is done; the step to the next has not been taken. */
    void reached(Point point);
  }

  /**
   * The residuals along a trajectory. A network is asked only where its velocity counts or moves a latent that counts: the
   * teacher is not asked about z where lambda is 1, nor the LoRA model at the last point where lambda is 0.
   *
   * @param scope owns them
   * @param zhat the student's latent at the trajectory's start, noised
   * @param z the clean latent, noised by the same noise
   * @param way of as many points as this
   * @param lambda how much of the direction is VSD; the rest is TSM
   * @param parts hears which network is asked
   */
  public Residuals along(
      Scope scope, Score teacher, Score lora, Tensor zhat, Tensor z, Trajectory way, double lambda,
      Observer observer, StepListener parts) {
    if (way.points() != points) {
      throw new IllegalArgumentException("expected a trajectory of " + points + " points, got " + way.points());
    }
    Backend backend = scope.backend();
    DType dtype = zhat.dtype().accumulator();
    Residuals sums = new Residuals(scope.zeros(dtype, zhat.shape()), scope.zeros(dtype, zhat.shape()));
    try (Scope moving = scope.inner()) {
      Tensor zhatNow = moving.copy(zhat, zhat.dtype());
      Tensor zNow = moving.copy(z, z.dtype());
      for (int k = 0; k < points; k++) {
        try (Scope here = moving.inner()) {
          Formula f = new Formula(backend, here, dtype);
          double[] times = way.times(k);
          double[] sigmas = way.sigmas(k);
          parts.entered(StepPart.TEACHER_OF_STUDENT);
          Tensor a = teacher.velocity(here, zhatNow, times);
          Tensor b = null;
          if (lambda != 1) {
            parts.entered(StepPart.TEACHER_OF_TARGET);
            b = teacher.velocity(here, zNow, times);
          }
          boolean more = k + 1 < points;
          Tensor c = null;
          if (lambda != 0 || more) {
            parts.entered(StepPart.LORA_OF_STUDENT);
            c = lora.velocity(here, zhatNow, times);
          }
          parts.entered(StepPart.DIRECTION);
          double[] weights = weights(k, sigmas);
          Tensor w = perSample(here, dtype, weights);
          if (lambda != 0) {
            addTo(backend, sums.vsd, f.mul(VariationalScoreDistillation.residual(f, a, c), w));
          }
          if (lambda != 1) {
            addTo(backend, sums.tsm, f.mul(TargetScoreMatching.residual(f, a, b), w));
          }
          observer.reached(new Point(k, times, sigmas, weights, zhatNow, zNow, a, b, c, sums));
          if (more) {
            Tensor step = perSample(here, dtype, differences(way.sigmas(k + 1), sigmas));
            addTo(backend, zhatNow, f.mul(c, step));
            if (lambda != 1) {
              addTo(backend, zNow, f.mul(b, step));
            }
          }
        }
      }
    }
    return sums;
  }

  private double[] weights(int k, double[] sigmas) {
    double w = weights.get(Math.min(k, weights.size() - 1));
    double[] all = new double[sigmas.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = w * sigmas[i] * sigmas[i];
    }
    return all;
  }

  private static double[] differences(double[] to, double[] from) {
    double[] all = new double[to.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = to[i] - from[i];
    }
    return all;
  }

  private static Tensor perSample(Scope scope, DType dtype, double[] values) {
    return Values.tensor(scope, dtype, values, values.length, 1, 1, 1);
  }

  private static void addTo(Backend backend, Tensor sum, Tensor more) {
    backend.run(new Binary(Binary.Function.ADD, sum, more, sum));
  }
}
