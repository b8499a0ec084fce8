package io.github.tsdsr.sd3;

import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Arithmetic;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Binary;
import io.github.tsdsr.tensor.op.Unary;
import java.util.Arrays;

/**
 * Rectified-flow noise levels (arXiv 2403.03206): z_t = sigma noise + (1 - sigma) z, the network predicts v = noise - z. The
 * tables equal those of diffusers' FlowMatchEulerDiscreteScheduler bit for bit, its float arithmetic included.
 */
public final class FlowMatchScheduler {
  private final int trainSteps;
  private final double shift;
  private final float[] sigmas;

  /**
   * @param trainSteps number of training levels, 1000
   * @param shift how far levels are moved towards noise, 3: sigma = shift s / (1 + (shift - 1) s)
   */
  public FlowMatchScheduler(int trainSteps, double shift) {
    if (trainSteps < 1 || shift <= 0) {
      throw new IllegalArgumentException("expected positive steps and shift, got " + trainSteps + " and " + shift);
    }
    this.trainSteps = trainSteps;
    this.shift = shift;
    sigmas = new float[trainSteps];
    float f = (float) shift;
    for (int i = 0; i < trainSteps; i++) {
      float s = (float) (trainSteps - i) / trainSteps;
      sigmas[i] = f * s / (1 + (f - 1) * s);
    }
  }

  /** SD3's: 1000 steps, shift 3. */
  public static FlowMatchScheduler sd3() {
    return new FlowMatchScheduler(1000, 3);
  }

  public int trainSteps() {
    return trainSteps;
  }

  /** Training noise levels, noisiest first: 1 at index 0, no trailing zero. */
  public float[] trainSigmas() {
    return sigmas.clone();
  }

  /** Training times, sigma * trainSteps, noisiest first. */
  public float[] trainTimes() {
    float[] t = new float[trainSteps];
    for (int i = 0; i < trainSteps; i++) {
      t[i] = sigmas[i] * trainSteps;
    }
    return t;
  }

  /**
   * The level at a training index in double precision, for training: s = (trainSteps - index) / trainSteps, sigma = shift s
   * / (1 + (shift - 1) s).
   */
  public double sigma(int index) {
    if (index < 0 || index >= trainSteps) {
      throw new IndexOutOfBoundsException("index " + index + " of " + trainSteps + " noise levels");
    }
    double s = (double) (trainSteps - index) / trainSteps;
    return shift * s / (1 + (shift - 1) * s);
  }

  /** The network's time at a training index in double precision, trainSteps * sigma. */
  public double time(int index) {
    return trainSteps * sigma(index);
  }

  /**
   * Latents between data and noise: sigma noise + (1 - sigma) z, each sample at its own level.
   *
   * @param z (N, ...)
   * @param noise as z
   * @param sigmas N levels
   */
  public static Var noised(Tape tape, Var z, Var noise, double... sigmas) {
    long[] each = z.shape();
    Arrays.fill(each, 1);
    each[0] = sigmas.length;
    DType wide = z.dtype().accumulator();
    Tensor noisy = Values.tensor(tape.scope(), wide, sigmas, each);
    Tensor clean = Values.tensor(tape.scope(), wide, Arrays.stream(sigmas).map(s -> 1 - s).toArray(), each);
    return Arithmetic.add(
        tape, Arithmetic.mul(tape, noise, tape.leaf(noisy)), Arithmetic.mul(tape, z, tape.leaf(clean)));
  }

  /**
   * The schedule of an n-step sampling.
   *
   * @param sigmas n + 1 levels, the last 0
   * @param times n times for the network
   */
  public record Steps(float[] sigmas, float[] times) {
    /**
     * Euler's step i, in place: latent += (sigma_(i+1) - sigma_i) velocity.
     */
    public void euler(Backend backend, int i, Tensor latent, Tensor velocity) {
      try (Scope scope = Scope.on(backend)) {
        Tensor step = scope.empty(latent.dtype().accumulator(), latent.shape());
        backend.run(Unary.affine(velocity, (double) sigmas[i + 1] - sigmas[i], 0, step));
        backend.run(new Binary(Binary.Function.ADD, latent, step, latent));
      }
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Steps s && Arrays.equals(sigmas, s.sigmas) && Arrays.equals(times, s.times);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(sigmas) + Arrays.hashCode(times);
    }

    @Override
    public String toString() {
      return Arrays.toString(sigmas);
    }
  }

  /**
   * The levels of an n-step sampling. The end points come from the training table, which is shifted already, and the
   * shift acts on them again: so does the library whose results this reproduces.
   */
  public Steps steps(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("expected at least one step, got " + n);
    }
    double from = sigmas[0] * trainSteps;
    double to = sigmas[trainSteps - 1] * trainSteps;
    float[] levels = new float[n + 1];
    float[] times = new float[n];
    for (int j = 0; j < n; j++) {
      double t = n == 1 ? from : from + j * ((to - from) / (n - 1));
      double u = (j == n - 1 && n > 1 ? to : t) / trainSteps;
      levels[j] = (float) (shift * u / (1 + (shift - 1) * u));
      times[j] = levels[j] * trainSteps;
    }
    return new Steps(levels, times);
  }
}
