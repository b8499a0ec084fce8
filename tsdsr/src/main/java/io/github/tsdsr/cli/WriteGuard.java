package io.github.tsdsr.cli;

import java.io.IOException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Keeps Ctrl-C and SIGTERM from falling into the middle of a write: the machine goes down after it, and no write begins
 * any more.
 */
final class WriteGuard implements AutoCloseable {
  /** Writes a file. */
  @FunctionalInterface
  interface Write {
    void run() throws IOException;
  }

  // Fair, so that writes that begin one after the other cannot keep the machine up for ever.
  private final ReadWriteLock writing = new ReentrantReadWriteLock(true);
  private final Thread hook = new Thread(this::interrupted, "tsdsr-stop");
  private volatile boolean requested;

  WriteGuard() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void interrupted() {
    requested = true;
    System.err.println("tsdsr: interrupted");
    // Never let go again: the machine ends with this thread.
    writing.writeLock().lock();
  }

  /** Whether the machine is going down. */
  boolean requested() {
    return requested;
  }

  /** Writes to the end; several threads may at a time. */
  void write(Write write) throws IOException {
    writing.readLock().lock();
    try {
      write.run();
    } finally {
      writing.readLock().unlock();
    }
  }

  @Override
  public void close() {
    if (!requested) {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The machine is going down: the hook runs already.
      }
    }
  }
}
