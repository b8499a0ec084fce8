package io.github.tsdsr.pixel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * How a loop over rows runs: on the caller's thread or shared out over a pool. Loops given to it write each row from
 * inputs only, so that the result does not depend on the sharing.
 */
@FunctionalInterface
public interface RowLoop {
  /** Work on the rows from (inclusive) to (exclusive). */
  @FunctionalInterface
  interface Band {
    void run(int from, int to);
  }

  /** Runs the body over 0..rows-1, in one or several bands, and returns when all are done. */
  void over(int rows, Band body);

  /** On the caller's thread. */
  static RowLoop serial() {
    return (rows, body) -> {
      if (rows > 0) {
        body.run(0, rows);
      }
    };
  }

  /**
   * In equal bands on a pool. The caller waits; if it is interrupted meanwhile, the bands are cancelled and
   * CancellationException is thrown with the thread's interrupt flag set again.
   *
   * @param bands how many, usually the threads of the pool
   */
  static RowLoop on(ExecutorService pool, int bands) {
    if (bands < 1) {
      throw new IllegalArgumentException("bands: " + bands + ", expected at least 1");
    }
    return (rows, body) -> {
      int parts = Math.min(bands, rows);
      if (parts <= 1) {
        serial().over(rows, body);
        return;
      }
      List<Callable<Void>> work = new ArrayList<>();
      for (int part = 0; part < parts; part++) {
        int from = (int) ((long) rows * part / parts);
        int to = (int) ((long) rows * (part + 1) / parts);
        work.add(() -> {
          body.run(from, to);
          return null;
        });
      }
      try {
        for (Future<Void> done : pool.invokeAll(work)) {
          done.get();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted while working on the rows of a picture");
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case RuntimeException cause -> throw cause;
          case Error cause -> throw cause;
          default -> throw new IllegalStateException(e.getCause());
        }
      }
    };
  }
}
