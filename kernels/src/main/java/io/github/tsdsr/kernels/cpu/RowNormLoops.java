package io.github.tsdsr.kernels.cpu;

/** Layer norm and RMS norm of rows that lie some bytes apart; all addresses. */
interface RowNormLoops {
  /**
   * Layer norms.
   *
   * @param scale with plus added, the factor of the normalised row; 0 for none, and then no shift
   * @param statistics of each row the mean, and {@code stepStatistics} bytes behind it 1/deviation
   */
  void layerNorm(
      int rows, int n, long x, long rowX, long scale, long shift, float plus, double eps, long y, long rowY,
      long statistics, long rowStatistics, long stepStatistics);

  /**
   * RMS norms.
   *
   * @param weight 0 for none
   * @param statistics of each row 1/root mean square
   */
  void rmsNorm(
      int rows, int n, long x, long rowX, long weight, double eps, long y, long rowY, long statistics,
      long rowStatistics);
}
