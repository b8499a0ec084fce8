package io.github.tsdsr.cli;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

/** Lets work that is interrupted from outside (Ctrl-C) put its things in order before Java ends. */
final class Interruption {
  private Interruption() {}

  /** Runs the work; while it does, a request to end interrupts this thread and waits until the work has ended. */
  static <T> T guard(Callable<T> work) throws Exception {
    Thread worker = Thread.currentThread();
    CountDownLatch done = new CountDownLatch(1);
    ReentrantLock ending = new ReentrantLock();
    Thread hook = new Thread(() -> {
      // Never let go again: Java ends with this thread.
      ending.lock();
      worker.interrupt();
      try {
        done.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return work.call();
    } catch (Exception e) {
      if (ending.isLocked()) {
        // Said here, and only here: once the hook is let go, Java ends before or after the caller has said it.
        System.err.println("tsdsr: interrupted");
        done.countDown();
        ending.lock();
      }
      throw e;
    } finally {
      done.countDown();
      remove(hook);
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // Java is ending already.
    }
  }
}
