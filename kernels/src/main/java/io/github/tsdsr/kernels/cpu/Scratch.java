package io.github.tsdsr.kernels.cpu;

import io.github.tsdsr.tensor.HostMemory;
import io.github.tsdsr.tensor.HostStorage;

/**
 * Working memory of one operation: a part that all threads share and a part for each thread. Taken from the backend's
 * memory before the work begins and given back after it.
 */
final class Scratch implements AutoCloseable {
  private static final long ALIGNMENT = 64;

  private final HostStorage storage;
  private final long shared;
  private final long own;
  private final long ownBytes;

  /**
   * @param sharedBytes for all threads together
   * @param ownBytes for each thread
   */
  Scratch(HostMemory memory, int threads, long sharedBytes, long ownBytes) {
    long first = aligned(sharedBytes);
    this.ownBytes = aligned(ownBytes);
    storage = memory.allocate(first + threads * this.ownBytes);
    shared = storage.address();
    own = shared + first;
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
