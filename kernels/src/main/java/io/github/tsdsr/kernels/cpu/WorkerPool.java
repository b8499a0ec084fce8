package io.github.tsdsr.kernels.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed number of threads that share out numbered tasks: the caller and its workers. A task that throws ends the loop;
 * the first exception reaches the caller when all threads have stopped, and the pool works on. Used by one caller at a
 * time.
 */
final class WorkerPool implements AutoCloseable {
  /** Work on one task. */
  @FunctionalInterface
  interface Task {
    /**
     * @param task its number
     * @param thread the number of the thread that runs it, below {@link #threads}
     */
    void run(int task, int thread);
  }

  private static final long SPIN_NANOS = 50_000;

  /** One loop over tasks. */
  private static final class Loop {
    final Task task;
    final int count;
    final AtomicInteger next = new AtomicInteger();
    final AtomicInteger left;
    volatile Throwable failure;

    Loop(Task task, int count, int threads) {
      this.task = task;
      this.count = count;
      this.left = new AtomicInteger(threads);
    }

    void work(int thread) {
      try {
        int i = next.getAndIncrement();
        while (i < count && failure == null) {
          task.run(i, thread);
          i = next.getAndIncrement();
        }
      } catch (Throwable e) {
        synchronized (this) {
          if (failure == null) {
            failure = e;
          }
        }
      } finally {
        left.decrementAndGet();
      }
    }
  }

  private final Thread[] workers;
  private volatile Loop current;
  private volatile boolean closed;

  /**
   * @param threads the caller included, at least 1
   */
  WorkerPool(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("expected at least one thread, got " + threads);
    }
    workers = new Thread[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      int number = i + 1;
      workers[i] = Thread.ofPlatform().daemon().name("tsdsr-cpu-" + number).start(() -> serve(number));
    }
  }

  int threads() {
    return workers.length + 1;
  }

  /** Runs tasks 0 to count - 1, in any order on any thread, and returns when all are done. */
  void run(int count, Task task) {
    if (count <= 1 || workers.length == 0) {
      for (int i = 0; i < count; i++) {
        task.run(i, 0);
      }
      return;
    }
    Loop loop = new Loop(task, count, threads());
    current = loop;
    for (Thread worker : workers) {
      LockSupport.unpark(worker);
    }
    loop.work(0);
    while (loop.left.get() > 0) {
      Thread.onSpinWait();
    }
    current = null;
    switch (loop.failure) {
      case null -> {
        return;
      }
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      case Throwable e -> throw new IllegalStateException(e);
    }
  }

  private void serve(int number) {
    Loop done = null;
    long idleSince = System.nanoTime();
    while (!closed) {
      Loop loop = current;
      if (loop != null && loop != done) {
        loop.work(number);
        done = loop;
        idleSince = System.nanoTime();
      } else if (System.nanoTime() - idleSince < SPIN_NANOS) {
        Thread.onSpinWait();
      } else {
        LockSupport.park(this);
      }
    }
  }

  /** Ends the workers. */
  @Override
  public void close() {
    closed = true;
    for (Thread worker : workers) {
      LockSupport.unpark(worker);
    }
  }
}
