package io.github.tsdsr.kernels.cpu;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A fixed number of threads that share out numbered tasks: the caller and its workers. A task that throws ends the loop;
 * the first exception reaches the caller when all threads have stopped, and the pool works on. Callers take turns; a
 * task must not call its own pool.
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

  /** How long a thread looks for work, or the caller for the workers' end, without letting go of its processor. */
  private static final long SPIN_NANOS = 50_000;
  /** How long the caller then lets others run before it sleeps: waking up takes as long as many an operation. */
  private static final long YIELD_NANOS = 2_000_000;

  /**
   * One loop over tasks. Workers enter while it is open; the caller waits for those inside only, so that a worker that
   * gets no processor time holds nobody up.
   */
  private static final class Loop {
    private static final int CLOSED = 1 << 30;

    final Task task;
    final int count;
    final Thread caller = Thread.currentThread();
    final AtomicInteger next = new AtomicInteger();
    /** Workers inside, plus CLOSED when no more may enter. */
    final AtomicInteger inside = new AtomicInteger();
    volatile Throwable failure;

    Loop(Task task, int count) {
      this.task = task;
      this.count = count;
    }

    /** A worker's part: nothing if it comes too late. */
    void join(int thread) {
      int workers = inside.get();
      while (workers < CLOSED) {
        if (inside.compareAndSet(workers, workers + 1)) {
          work(thread);
          if (inside.decrementAndGet() == CLOSED) {
            LockSupport.unpark(caller);
          }
          return;
        }
        workers = inside.get();
      }
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
      }
    }

    /** Lets no more workers in and waits for those inside. */
    void finish() {
      if (inside.addAndGet(CLOSED) == CLOSED) {
        return;
      }
      long since = System.nanoTime();
      boolean interrupted = false;
      while (inside.get() != CLOSED) {
        long waited = System.nanoTime() - since;
        if (waited < SPIN_NANOS) {
          Thread.onSpinWait();
        } else if (waited < YIELD_NANOS) {
          Thread.yield();
        } else {
          LockSupport.park(this);
          interrupted |= Thread.interrupted();
        }
      }
      if (interrupted) {
        caller.interrupt();
      }
    }
  }

  private final Thread[] workers;
  private final ReentrantLock turn = new ReentrantLock();
  private volatile Loop current;
  private volatile boolean closed;

  /**
   * @param threads the caller included, at least 1
   */
  WorkerPool(int threads) {
    if (threads < 1 || threads > VectorBackend.MOST_THREADS) {
      throw new IllegalArgumentException("expected 1 to " + VectorBackend.MOST_THREADS + " threads, got " + threads);
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

  /**
   * Runs tasks 0 to count - 1, in any order on any thread, and returns when all are done.
   *
   * @throws IllegalStateException if a task of this pool calls it
   */
  void run(int count, Task task) {
    checkNoTaskCalls();
    turn.lock();
    try {
      if (count <= 1 || workers.length == 0 || closed) {
        for (int i = 0; i < count; i++) {
          task.run(i, 0);
        }
        return;
      }
      Loop loop = new Loop(task, count);
      current = loop;
      for (Thread worker : workers) {
        LockSupport.unpark(worker);
      }
      loop.work(0);
      loop.finish();
      current = null;
      rethrow(loop.failure);
    } finally {
      turn.unlock();
    }
  }

  private void checkNoTaskCalls() {
    boolean inside = turn.isHeldByCurrentThread();
    for (int i = 0; i < workers.length && !inside; i++) {
      inside = workers[i] == Thread.currentThread();
    }
    if (inside) {
      throw new IllegalStateException("a task called the pool that runs it");
    }
  }

  private static void rethrow(Throwable failure) {
    switch (failure) {
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
        loop.join(number);
        done = loop;
        idleSince = System.nanoTime();
      } else if (System.nanoTime() - idleSince < SPIN_NANOS) {
        Thread.onSpinWait();
      } else {
        LockSupport.park(this);
      }
    }
  }

  /** Ends the workers; the caller then works alone. */
  @Override
  public void close() {
    closed = true;
    for (Thread worker : workers) {
      LockSupport.unpark(worker);
    }
  }
}
