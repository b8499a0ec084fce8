package io.github.tsdsr.kernels.cpu;

/** The loops of attention beside the products; all addresses, strides in bytes. */
interface AttentionLoops {
  /**
   * For each of {@link Attentions#BLOCK} columns: their exponentials e = exp(s - max) in place of so many rows of scores s, the
   * columns' maxima and the sums of their exponentials. The division by the sums is left to the product.
   */
  void exponentials(long scores, int keys, long maxima, long sums);

  /** Each row of n floats, divided by a number of its own. */
  void divide(long from, long rowFrom, int rows, int n, long by, long to, long rowTo);

  /** Rows of n floats, copied. */
  void copy(long from, long rowFrom, int rows, int n, long to, long rowTo);
}
