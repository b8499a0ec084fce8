package io.github.tsdsr.train;

import io.github.tsdsr.data.RandomStream;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Random;

/**
 * Random numbers that depend on a run's seed, a step and what they are for, and on nothing else: a run that goes on draws
 * what it would have drawn.
 *
 * @param seed of the run
 * @param step its number
 */
public record StepRandom(long seed, long step) {
  /** What numbers are for. */
  public enum Use {
    NOISE, POSTERIOR, LORA_NOISE, LEVELS, LORA_LEVELS, PROMPTS, BIAS, WEIGHTINGS
  }

  // Below lie the streams of weights and of an autoencoder's noise under the same seed.
  private static final int USE_BITS = 44;
  // The streams of data use all numbers under the run's own seed.
  private static final long HOST_SEED = 0x5851F42D4C957F2DL;

  /** Standard normal numbers in F32. */
  public Tensor normal(Scope scope, Use use, long... shape) {
    Tensor t = scope.empty(DType.F32, shape);
    long stream = (use.ordinal() + 1L) << USE_BITS | step;
    scope.backend().run(new Random(Random.Distribution.NORMAL, seed, stream, 0, t));
    return t;
  }

  /** Uniform numbers one by one. */
  public RandomStream stream(Use use) {
    return RandomStream.numbered(seed ^ HOST_SEED, step * Use.values().length + use.ordinal());
  }

  /** Integers from low to high, both included. */
  public int[] integers(Use use, int count, int low, int high) {
    RandomStream r = stream(use);
    int[] all = new int[count];
    for (int i = 0; i < count; i++) {
      all[i] = low + r.below(high - low + 1);
    }
    return all;
  }
}
