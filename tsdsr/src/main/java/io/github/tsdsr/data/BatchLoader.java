package io.github.tsdsr.data;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/**
 * Makes batches ahead of their use on threads of its own and hands them out in the order of their numbers, however many
 * threads there are. At most {@code ahead} batches are made or wait. For one consumer; closing ends the threads.
 *
 * @param <B> what a batch is
 */
public final class BatchLoader<B> implements AutoCloseable {
  private static final long CLOSING_SECONDS = 60;

  private final LongFunction<B> maker;
  private final ExecutorService workers;
  private final Deque<Future<B>> queue = new ArrayDeque<>();
  private long nextToTake;
  private long nextToMake;

  /**
   * Begins at once to make the batches {@code first}, first + 1, ...
   *
   * @param maker makes a batch from its number; called by several threads at a time
   * @throws IllegalArgumentException if first is negative, or threads or ahead are not positive
   */
  public BatchLoader(LongFunction<B> maker, long first, int threads, int ahead) {
    if (first < 0 || threads < 1 || ahead < 1) {
      throw new IllegalArgumentException("loading from batch " + first + " with " + threads + " threads, " + ahead
          + " ahead: expected a batch of at least 0, and 1 of the others");
    }
    this.maker = maker;
    nextToTake = first;
    nextToMake = first;
    workers = Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().name("batch-loader-", 0).factory());
    for (int i = 0; i < ahead; i++) {
      submit();
    }
  }

  private void submit() {
    long index = nextToMake++;
    queue.add(workers.submit(() -> maker.apply(index)));
  }

  /**
   * The next batch, waiting for it where it is not ready. What its making threw is thrown here.
   *
   * @param index its number: batches come in order, each once
   * @throws IllegalStateException after closing, or if another batch is next
   * @throws InterruptedException if the caller is interrupted while waiting
   */
  public B next(long index) throws InterruptedException {
    if (workers.isShutdown()) {
      throw new IllegalStateException("the batch loader is closed");
    }
    if (index != nextToTake) {
      throw new IllegalStateException("batch " + index + " is asked for, batch " + nextToTake + " is next");
    }
    Future<B> head = queue.element();
    try {
      B batch = head.get();
      queue.remove();
      nextToTake++;
      submit();
      return batch;
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        default -> throw new IllegalStateException(e.getCause());
      }
    }
  }

  /** Drops what is made ahead and waits until the threads have ended. */
  @Override
  public void close() {
    workers.shutdownNow();
    queue.clear();
    try {
      if (!workers.awaitTermination(CLOSING_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("a batch did not end within " + CLOSING_SECONDS + " seconds of closing");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
