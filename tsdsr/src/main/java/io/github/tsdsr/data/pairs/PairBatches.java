package io.github.tsdsr.data.pairs;

import io.github.tsdsr.data.RandomStream;
import java.util.Arrays;

/**
 * In which order the pairs of a set are taken: every epoch in another, each pair once. Sample s is number s mod size of
 * epoch s / size; batch b holds the samples b * batchSize onwards, and depends on nothing but seed, size and b. For one
 * thread.
 */
public final class PairBatches {
  /** The number of the stream that an epoch's order is drawn from: none of a sample. */
  private static final long ORDER = (1L << 40) - 1;

  private final int size;
  private final long seed;
  private final int batchSize;
  private final int[] order;
  private long epoch = -1;

  /**
   * @param size how many pairs there are
   * @throws IllegalArgumentException if size or batchSize are not positive
   */
  public PairBatches(int size, long seed, int batchSize) {
    if (size < 1 || batchSize < 1) {
      throw new IllegalArgumentException(
          "batches of " + batchSize + " out of " + size + " pairs: expected at least 1 each");
    }
    this.size = size;
    this.seed = seed;
    this.batchSize = batchSize;
    order = new int[size];
  }

  /** The numbers of the pairs in batch {@code index}, from 0. */
  public int[] batch(long index) {
    int[] pairs = new int[batchSize];
    for (int i = 0; i < batchSize; i++) {
      long sample = Math.addExact(Math.multiplyExact(index, batchSize), i);
      shuffle(sample / size);
      pairs[i] = order[(int) (sample % size)];
    }
    return pairs;
  }

  private void shuffle(long wanted) {
    if (wanted == epoch) {
      return;
    }
    Arrays.setAll(order, i -> i);
    RandomStream random = RandomStream.of(seed, wanted, ORDER);
    for (int i = size - 1; i > 0; i--) {
      int j = random.below(i + 1);
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    epoch = wanted;
  }
}
