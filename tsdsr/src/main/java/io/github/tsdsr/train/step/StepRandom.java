package io.github.tsdsr.train.step;

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
  /**
   * What numbers are for. Each has the number of a stream: of tensors' noise or of numbers one by one, which are apart. Another
   * number would be another training.
   */
  public enum Use {
    NOISE(0), POSTERIOR(1), LORA_NOISE(2), WINDOW(0), LEVELS(3), LORA_LEVELS(4), PROMPTS(5), BIAS(6), WEIGHTINGS(7);

    private final int number;

    Use(int number) {
      this.number = number;
    }
  }

  private static final int STREAMS_PER_STEP = 8;

  // Below lie the streams of weights and of an autoencoder's noise under the same seed.
  private static final int USE_BITS = 44;
  // The streams of data use all numbers under the run's own seed.
  private static final long HOST_SEED = 0x5851F42D4C957F2DL;

  /** Standard normal numbers in F32. */
  public Tensor normal(Scope scope, Use use, long... shape) {
    Tensor t = scope.empty(DType.F32, shape);
    long stream = (use.number + 1L) << USE_BITS | step;
    scope.backend().run(new Random(Random.Distribution.NORMAL, seed, stream, 0, t));
    return t;
  }

  /** Uniform numbers one by one. */
  public RandomStream stream(Use use) {
    return RandomStream.numbered(seed ^ HOST_SEED, step * STREAMS_PER_STEP + use.number);
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
