package io.github.tsdsr.data;

import io.github.tsdsr.pixel.BytePixels;

/**
 * Batches of clean crops. Batch b holds the samples b * batchSize onwards; sample s is index s mod epochLength of
 * epoch s / epochLength, and depends on nothing but the seed, the photos and these two numbers. Safe for several
 * threads.
 *
 * @param batchSize crops in a batch
 * @param epochLength how many samples are called an epoch
 */
public record PhotoCrops(PhotoLibrary photos, CropSampler crops, long seed, int batchSize, long epochLength) {
  /**
   * Pictures (N,H,W,C) with values in [-1, 1].
   *
   * @param index the batch's number
   * @param count N
   * @param size H and W; C is 3
   */
  public record Batch(long index, int count, int size, float[] clean) {}

  public PhotoCrops {
    if (batchSize < 1 || epochLength < 1) {
      throw new IllegalArgumentException(
          "batches of " + batchSize + ", epochs of " + epochLength + ": expected at least 1 each");
    }
  }

  /** Batch number {@code index}, from 0. */
  public Batch batch(long index) {
    float[] clean = new float[batchSamples()];
    for (int i = 0; i < batchSize; i++) {
      putSigned(crop(random(index, i)), clean, i);
    }
    return new Batch(index, batchSize, crops.size(), clean);
  }

  /** The stream of everything random about item i of a batch. */
  RandomStream random(long batch, int i) {
    long sample = Math.addExact(Math.multiplyExact(batch, batchSize), i);
    return RandomStream.of(seed, sample / epochLength, sample % epochLength);
  }

  BytePixels crop(RandomStream random) {
    return crops.draw(photos, random);
  }

  int batchSamples() {
    return Math.multiplyExact(batchSize, crops.size() * crops.size() * 3);
  }

  /** Bytes as values in [-1, 1], at item i of a batch. */
  public static void putSigned(BytePixels picture, float[] batch, int i) {
    byte[] from = picture.samples();
    int at = i * from.length;
    for (int j = 0; j < from.length; j++) {
      batch[at + j] = (from[j] & 0xFF) / 127.5f - 1;
    }
  }
}
