package io.github.tsdsr.tensor;

/**
 * Philox 4x32-10, a counter-based random generator (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC
 * 2011). Element i of the sequence (seed, stream) is word i mod 4 of the block whose counter is [low32(i/4), high32(i/4),
 * low32(stream), high32(stream)] under the key [low32(seed), high32(seed)]: any element at once, in any order.
 */
public final class Philox {
  private static final long M0 = 0xD2511F53L;
  private static final long M1 = 0xCD9E8D57L;
  private static final int W0 = 0x9E3779B9;
  private static final int W1 = 0xBB67AE85;
  private static final long MASK = 0xFFFFFFFFL;

  private Philox() {}

  /** The four words of a block, as ints to be read unsigned, into {@code out[at..at+3]}. */
  public static void block(long seed, long stream, long block, int[] out, int at) {
    int c0 = (int) block;
    int c1 = (int) (block >>> 32);
    int c2 = (int) stream;
    int c3 = (int) (stream >>> 32);
    int k0 = (int) seed;
    int k1 = (int) (seed >>> 32);
    for (int round = 0; round < 10; round++) {
      long p0 = M0 * (c0 & MASK);
      long p1 = M1 * (c2 & MASK);
      c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      c1 = (int) p1;
      c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c3 = (int) p0;
      k0 += W0;
      k1 += W1;
    }
    out[at] = c0;
    out[at + 1] = c1;
    out[at + 2] = c2;
    out[at + 3] = c3;
  }

  /** The uniform number of a word: (word + 0.5) 2^-32, strictly between 0 and 1. */
  public static double uniform(int word) {
    return ((word & MASK) + 0.5) * 0x1p-32;
  }

  /** Uniform numbers in (0,1): elements first, first + 1, ... of the sequence. */
  public static void uniform(long seed, long stream, long first, double[] out) {
    int[] words = new int[4];
    long block = -1;
    for (int i = 0; i < out.length; i++) {
      long at = first + i;
      if (at >>> 2 != block) {
        block = at >>> 2;
        block(seed, stream, block, words, 0);
      }
      out[i] = uniform(words[(int) (at & 3)]);
    }
  }

  /**
   * Normal numbers: elements first, first + 1, ... of the sequence. They come in pairs (Box and Muller): n_2j = sqrt(-2 ln
   * u_2j) cos(2 pi u_2j+1), n_2j+1 the same with the sine.
   */
  public static void normal(long seed, long stream, long first, double[] out) {
    int[] words = new int[4];
    long block = -1;
    for (int i = 0; i < out.length; i++) {
      long at = first + i;
      if (at >>> 2 != block) {
        block = at >>> 2;
        block(seed, stream, block, words, 0);
      }
      int pair = (int) (at & 2);
      out[i] = normal(words[pair], words[pair + 1], (at & 1) == 1);
    }
  }

  /** One of the two normal numbers of a pair of words: the first has the cosine, the second the sine. */
  public static double normal(int first, int second, boolean sine) {
    double radius = Math.sqrt(-2 * Math.log(uniform(first)));
    double angle = 2 * Math.PI * uniform(second);
    return radius * (sine ? Math.sin(angle) : Math.cos(angle));
  }
}
