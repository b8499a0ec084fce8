package io.github.tsdsr.kernels.cuda.interpreter;

/**
 * Who touched each byte of an allocation in the running launch: the last writer, up to two concurrent readers and up to
 * two concurrent atomic accesses. Two suffice: whoever comes later differs from at least one of them.
 */
final class RaceShadow {
  private int launch = -1;
  private long[] writers;
  private long[] readers;
  private long[] moreReaders;
  private long[] atomics;
  private long[] moreAtomics;

  /** Forgets what earlier launches did: they are ordered before this one. */
  private void begin(int currentLaunch, int bytes) {
    if (launch != currentLaunch) {
      writers = new long[bytes];
      readers = new long[bytes];
      moreReaders = new long[bytes];
      atomics = new long[bytes];
      moreAtomics = new long[bytes];
      launch = currentLaunch;
    }
  }

  /**
   * Notes a read of a byte.
   *
   * @param bytes size of the allocation
   * @return the stamp of an access that it races with; 0 if there is none
   */
  long read(int at, int bytes, Lane lane) {
    begin(lane.block().launch(), bytes);
    keep(readers, moreReaders, at, lane);
    return racing(lane, writers[at], atomics[at], moreAtomics[at]);
  }

  /** Notes a write, as {@link #read}. */
  long write(int at, int bytes, Lane lane) {
    begin(lane.block().launch(), bytes);
    long conflict = racing(lane, writers[at], readers[at], moreReaders[at], atomics[at], moreAtomics[at]);
    writers[at] = lane.stamp();
    return conflict;
  }

  /** Notes an atomic access, which does not race with other atomic ones, as {@link #read}. */
  long atomic(int at, int bytes, Lane lane) {
    begin(lane.block().launch(), bytes);
    keep(atomics, moreAtomics, at, lane);
    return racing(lane, writers[at], readers[at], moreReaders[at]);
  }

  /** Notes an access in the first of two places whose access is ordered before it. */
  private static void keep(long[] first, long[] second, int at, Lane lane) {
    if (!races(lane, first[at])) {
      first[at] = lane.stamp();
    } else if (!races(lane, second[at])) {
      second[at] = lane.stamp();
    }
  }

  private static long racing(Lane lane, long... stamps) {
    for (long s : stamps) {
      if (races(lane, s)) {
        return s;
      }
    }
    return 0;
  }

  private static boolean races(Lane lane, long stamp) {
    return stamp != 0 && !Stamp.ordered(stamp, lane);
  }
}
