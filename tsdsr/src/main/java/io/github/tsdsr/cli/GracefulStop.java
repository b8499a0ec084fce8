package io.github.tsdsr.cli;

import java.util.concurrent.CountDownLatch;

/**
 * Turns an interrupt (Ctrl-C, SIGTERM) into a request, and keeps the machine up until the work has answered it: it saves
 * what it has and ends. Before {@link #begin} there is nothing to save, and an interrupt ends the program at once.
 */
final class GracefulStop implements AutoCloseable {
  private final CountDownLatch done = new CountDownLatch(1);
  private final Thread hook = new Thread(this::interrupted, "tsdsr-stop");
  private volatile boolean worthSaving;
  private volatile boolean requested;

  GracefulStop() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void interrupted() {
    requested = true;
    if (worthSaving) {
      System.err.println();
      System.err.println("tsdsr: stopping: this step is brought to its end and saved");
      try {
        done.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** From now on there is something to save. */
  void begin() {
    worthSaving = true;
  }

  boolean requested() {
    return requested;
  }

  /** Says a last line before the machine goes down, and gives the exit code. */
  int finish(String message) {
    System.err.println("tsdsr: " + message);
    return ExitCode.INTERRUPTED;
  }

  @Override
  public void close() {
    done.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The machine is going down: the hook runs already.
    }
  }
}
