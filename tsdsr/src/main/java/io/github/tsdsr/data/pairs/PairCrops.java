package io.github.tsdsr.data.pairs;

import io.github.tsdsr.data.CropSampler;
import io.github.tsdsr.data.PairSource;
import io.github.tsdsr.data.PhotoCrops;
import io.github.tsdsr.data.RandomStream;
import io.github.tsdsr.data.pairs.PairFolder.Cache;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.VaeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Batches of a set's pairs in the order of {@link PairBatches}: of each pair a random square at the same place of both
 * pictures, in the same one of its eight orientations. Where stored latents are used, the square is the whole picture
 * as it stands. Everything follows from seed, epoch and index of a sample. Safe for several threads.
 */
public final class PairCrops implements PairSource {
  /** An axis that may have any size. */
  public static final long ANY = -1;

  private final PairFolder set;
  private final PairBatches order;
  private final long seed;
  private final int crop;
  private final int batchSize;
  private final int multiple;
  private final Map<Cache, long[]> shapes = new EnumMap<>(Cache.class);

  /**
   * @param crop the side of the squares
   * @param multiple their left columns and top rows are multiples of it
   * @param caches what is read with the pictures; all files of a kind hold the shape of the first
   * @throws IllegalArgumentException if the pictures are smaller than the crop, or latents are asked for of their parts
   * @throws FormatException if the first file of a cache is not valid
   * @throws IOException if it cannot be read
   */
  public PairCrops(PairFolder set, long seed, int batchSize, int crop, int multiple, Set<Cache> caches)
      throws IOException {
    if (crop < 1 || multiple < 1 || crop > Math.min(set.width(), set.height())) {
      throw new IllegalArgumentException("crops of " + crop + " at multiples of " + multiple + " from pictures of "
          + set.width() + "x" + set.height());
    }
    if (caches.contains(Cache.LATENTS) && !set.isWhole(crop)) {
      throw new IllegalArgumentException("latents of whole pictures, but crops of " + crop);
    }
    this.set = set;
    this.seed = seed;
    this.crop = crop;
    this.batchSize = batchSize;
    this.multiple = multiple;
    order = new PairBatches(set.size(), seed, batchSize);
    for (Cache cache : caches) {
      shapes.put(cache, set.cached(cache, 0).shape());
    }
  }

  /**
   * Checks a cache, where it is read.
   *
   * @param shape of a sample's part, {@link #ANY} for any size
   * @throws FormatException if it has another one, naming the first file
   */
  public void expect(Cache cache, long... shape) {
    long[] got = shapes.get(cache);
    if (got == null) {
      return;
    }
    boolean fits = got.length == shape.length;
    for (int i = 0; fits && i < got.length; i++) {
      fits = shape[i] == ANY || shape[i] == got[i];
    }
    if (!fits) {
      throw new FormatException(set.file(cache, 0).toString(), "a tensor " + Arrays.toString(got) + ", expected "
          + Arrays.toString(shape).replace(Long.toString(ANY), "any") + " for these networks");
    }
  }

  /**
   * Checks that what is stored was made for such networks.
   *
   * @param crop the side of a picture whose latents are stored
   * @param tokens how many a prompt has to have, {@link #ANY} for any number
   * @throws FormatException naming the first file that was not
   */
  public void expectCachesOf(VaeConfig vae, MmDitConfig transformer, int crop, long tokens) {
    int side = crop / vae.factor();
    expect(Cache.LATENTS, vae.latentChannels(), side, side);
    expect(Cache.PROMPTS, tokens, transformer.jointAttentionDim());
    expect(Cache.POOLED, transformer.pooledProjectionDim());
  }

  /**
   * {@inheritDoc}
   *
   * @throws FormatException if a file is damaged, or has another size or shape than the others
   * @throws UncheckedIOException if a file cannot be read
   */
  @Override
  public Batch batch(long index) {
    int[] pairs;
    synchronized (order) {
      pairs = order.batch(index);
    }
    float[] clean = new float[Math.multiplyExact(batchSize, crop * crop * 3)];
    float[] degraded = new float[clean.length];
    try {
      for (int i = 0; i < batchSize; i++) {
        long sample = index * batchSize + i;
        RandomStream random = RandomStream.of(seed, sample / set.size(), sample % set.size());
        PairFolder.Pair pair = set.read(pairs[i]);
        int x = multiple * random.below((set.width() - crop) / multiple + 1);
        int y = multiple * random.below((set.height() - crop) / multiple + 1);
        int orientation = shapes.containsKey(Cache.LATENTS) ? 0 : random.below(CropSampler.ORIENTATIONS);
        PhotoCrops.putSigned(part(pair.clean(), x, y, orientation), clean, i);
        PhotoCrops.putSigned(part(pair.degraded(), x, y, orientation), degraded, i);
      }
      Caches caches =
          new Caches(stored(Cache.LATENTS, pairs), stored(Cache.PROMPTS, pairs), stored(Cache.POOLED, pairs));
      return new Batch(index, batchSize, crop, degraded, clean, caches);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private BytePixels part(BytePixels picture, int x, int y, int orientation) {
    return CropSampler.oriented(picture.crop(x, y, crop, crop), orientation);
  }

  private Optional<Stored> stored(Cache cache, int[] pairs) throws IOException {
    long[] each = shapes.get(cache);
    if (each == null) {
      return Optional.empty();
    }
    long[] shape = new long[each.length + 1];
    shape[0] = pairs.length;
    System.arraycopy(each, 0, shape, 1, each.length);
    int count = Math.toIntExact(Arrays.stream(each).reduce(1, Math::multiplyExact));
    float[] all = new float[Math.multiplyExact(pairs.length, count)];
    for (int i = 0; i < pairs.length; i++) {
      PairFolder.Cached one = set.cached(cache, pairs[i]);
      if (!Arrays.equals(one.shape(), each)) {
        throw new FormatException(set.file(cache, pairs[i]).toString(), "a tensor " + Arrays.toString(one.shape())
            + ", expected " + Arrays.toString(each) + " as " + set.file(cache, 0) + " has");
      }
      System.arraycopy(one.values(), 0, all, i * count, count);
    }
    return Optional.of(new Stored(shape, all));
  }
}
