package io.github.tsdsr.data;

import io.github.tsdsr.tensor.Philox;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Random numbers in order from one stream of {@link Philox}. Not for several threads: each sample has a stream of its
 * own.
 */
public final class RandomStream {
  // Keeps off the streams that others number from 0 under the same seed.
  private static final long DATA = 1L << 63;

  private final long seed;
  private final long stream;
  private final int[] words = new int[4];
  private long block;
  private int used = 4;

  private RandomStream(long seed, long stream) {
    this.seed = seed;
    this.stream = DATA | stream;
  }

  /**
   * The stream of a named thing: number 0..2^63-1.
   *
   * @throws IllegalArgumentException if the number is negative
   */
  public static RandomStream numbered(long seed, long number) {
    if (number < 0) {
      throw new IllegalArgumentException("stream " + number + ": expected no negative number");
    }
    return new RandomStream(seed, number);
  }

  /** The stream of a thing with a name, by the CRC-32 of its UTF-8 bytes. */
  public static RandomStream named(long seed, String name) {
    return named(seed, name, 0);
  }

  /**
   * {@link #named(long, String)} of several with one name.
   *
   * @param rank 0 to 65535
   */
  static RandomStream named(long seed, String name, int rank) {
    CRC32 crc = new CRC32();
    crc.update(name.getBytes(StandardCharsets.UTF_8));
    return numbered(seed, crc.getValue() << 16 | rank);
  }

  /**
   * The stream of sample {@code index} of an epoch.
   *
   * @throws IllegalArgumentException unless 0 <= epoch < 2^23 and 0 <= index < 2^40
   */
  public static RandomStream of(long seed, long epoch, long index) {
    if (epoch < 0 || epoch >= 1L << 23 || index < 0 || index >= 1L << 40) {
      throw new IllegalArgumentException(
          "sample " + index + " of epoch " + epoch + ": expected 0 to 2^40 - 1 of 0 to 2^23 - 1");
    }
    return new RandomStream(seed, epoch << 40 | index);
  }

  /** Uniform in (0, 1). */
  public double uniform() {
    if (used == words.length) {
      Philox.block(seed, stream, block++, words, 0);
      used = 0;
    }
    return Philox.uniform(words[used++]);
  }

  /** Uniform in 0..bound-1. */
  public int below(int bound) {
    return (int) (uniform() * bound);
  }

  /** True with this probability. */
  public boolean chance(double probability) {
    return uniform() < probability;
  }

  /** Adds sigma times standard normal numbers (Box and Muller) to the values. */
  public void addNormal(double sigma, double[] values) {
    for (int i = 0; i < values.length; i += 2) {
      // StrictMath gives the same bits on every machine.
      double radius = sigma * StrictMath.sqrt(-2 * StrictMath.log(uniform()));
      double angle = 2 * Math.PI * uniform();
      values[i] += radius * StrictMath.cos(angle);
      if (i + 1 < values.length) {
        values[i + 1] += radius * StrictMath.sin(angle);
      }
    }
  }
}
