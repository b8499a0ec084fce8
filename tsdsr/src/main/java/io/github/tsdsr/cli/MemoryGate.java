package io.github.tsdsr.cli;

import java.util.concurrent.CancellationException;
import java.util.function.Supplier;

/** Lets as much work run at a time as there is memory for; a piece that is too large for that runs alone. */
final class MemoryGate {
  private final long budget;
  private long taken;

  /**
   * @param budget how many bytes the work may take together
   */
  MemoryGate(long budget) {
    this.budget = budget;
  }

  /**
   * Does the work when its turn has come.
   *
   * @param bytes about what it takes
   * @throws CancellationException if the thread is interrupted while it waits
   */
  <T> T through(long bytes, Supplier<T> work) {
    enter(bytes);
    try {
      return work.get();
    } finally {
      leave(bytes);
    }
  }

  private synchronized void enter(long bytes) {
    while (taken > 0 && taken + bytes > budget) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted while waiting for memory");
      }
    }
    taken += bytes;
  }

  private synchronized void leave(long bytes) {
    taken -= bytes;
    notifyAll();
  }
}
