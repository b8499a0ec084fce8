package io.github.tsdsr.kernels.cpu;

/** The loops of a group norm over a run of pixels, channels last and dense; all addresses. */
interface GroupNormLoops {
  /** Each channel's sum over the pixels. */
  void channelSums(long x, int pixels, int channels, long sums);

  /** Each channel's sum of (x - mean)^2. */
  void squareSums(long x, int pixels, int channels, long means, long sums);

  /** y = (x - mean) scale + bias per channel, then SiLU if asked for. */
  void normalise(long x, int pixels, int channels, long means, long scales, long bias, boolean silu, long y);
}
