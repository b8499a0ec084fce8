package io.github.tsdsr.kernels.cpu;

import io.github.tsdsr.tensor.HostMemory;
import io.github.tsdsr.tensor.HostStorage;

/**
 * Working memory of one operation: a part that all threads share and a part for each thread. Taken from the backend's
 * memory before the work begins and given back after it.
 */
final class Scratch implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  /**
   * How much an operation needs.
   *
   * @param shared bytes for all threads together
   * @param own bytes for each thread
   */
  record Size(long shared, long own) {
    static final Size NONE = new Size(0, 0);

    /** What is taken from the backend's memory. */
    long bytes(int threads) {
      return aligned(shared) + threads * aligned(own);
    }
  }

  private final HostStorage storage;
  private final long shared;
  private final long own;
  private final long ownBytes;

  /**
   * @param sharedBytes for all threads together
   * @param ownBytes for each thread
   */
  Scratch(HostMemory memory, int threads, long sharedBytes, long ownBytes) {
    this(memory, threads, new Size(sharedBytes, ownBytes));
  }

  Scratch(HostMemory memory, int threads, Size size) {
    ownBytes = aligned(size.own);
    storage = memory.allocate(size.bytes(threads));
    shared = storage.address();
    own = shared + aligned(size.shared);
  }

  /** Rounded up to a multiple of 64. */
  static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** The address of the shared part. */
  long shared() {
    return shared;
  }

  /** The address of a thread's own part. */
  long own(int thread) {
    return own + thread * ownBytes;
  }

  @Override
  public void close() {
    storage.release();
  }
}
