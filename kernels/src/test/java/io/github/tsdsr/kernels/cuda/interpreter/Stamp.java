package io.github.tsdsr.kernels.cuda.interpreter;

/**
 * When an access happened, as one number: the thread, the barriers that its block had passed, and the warp barriers
 * that its warp had passed. Never 0.
 */
final class Stamp {
  private static final int EPOCH_BITS = 18;
  private static final int EPOCHS = 1 << EPOCH_BITS;
  /** The most threads of a grid. */
  static final long THREADS = 1L << 64 - 2 * EPOCH_BITS - 1;

  private Stamp() {}

  static long of(long thread, int blockEpoch, int warpEpoch) {
    if (blockEpoch >= EPOCHS || warpEpoch >= EPOCHS) {
      throw new IllegalStateException("more than " + EPOCHS + " barriers: too many to watch for races");
    }
    return thread + 1 << 2 * EPOCH_BITS | (long) blockEpoch << EPOCH_BITS | warpEpoch;
  }

  static long thread(long stamp) {
    return (stamp >>> 2 * EPOCH_BITS) - 1;
  }

  /** Whether an earlier access happened before all that the lane does now, by the program's order or by a barrier. */
  static boolean ordered(long earlier, Lane lane) {
    long thread = thread(earlier);
    long threads = lane.block().shape().threads();
    if (thread == lane.gridThread()) {
      return true;
    }
    if (thread / threads != lane.gridThread() / threads) {
      return false;
    }
    int blockEpoch = (int) (earlier >>> EPOCH_BITS) & EPOCHS - 1;
    int warpEpoch = (int) earlier & EPOCHS - 1;
    boolean sameWarp = thread % threads / BlockRun.WARP == lane.warp();
    return blockEpoch < lane.block().epoch() || sameWarp && warpEpoch < lane.block().warpEpoch(lane.warp());
  }
}
