package io.github.tsdsr.data;

import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.FloatPixels;

/**
 * Batches of clean crops, those of {@link PhotoCrops}, each with what a degradation leaves of it. Safe for several
 * threads.
 *
 * @param enlargement how the degraded picture gets the clean one's size
 */
public record PhotoPairs(PhotoCrops crops, Degradation degradation, Enlargement enlargement) implements PairSource {
  public PhotoPairs {
    int size = crops.crops().size();
    if (size % degradation.scale() != 0) {
      throw new IllegalArgumentException("crops of " + size + ": expected a multiple of " + degradation.scale()
          + ", by which the degradation shrinks them");
    }
  }

  @Override
  public Batch batch(long index) {
    int size = crops.crops().size();
    float[] clean = new float[crops.batchSamples()];
    float[] degraded = new float[clean.length];
    for (int i = 0; i < crops.batchSize(); i++) {
      RandomStream random = crops.random(index, i);
      BytePixels crop = crops.crop(random);
      PhotoCrops.putSigned(crop, clean, i);
      FloatPixels input = enlargement.toSigned(degradation.degrade(crop, random), size, size);
      System.arraycopy(input.samples(), 0, degraded, i * input.samples().length, input.samples().length);
    }
    return new Batch(index, crops.batchSize(), size, degraded, clean, Caches.NONE);
  }
}
