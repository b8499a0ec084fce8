package io.github.tsdsr.infer;

import java.util.concurrent.CancellationException;

/** Hears about the progress of one picture, and may end it. */
public interface Progress {
  /** Hears nothing. */
  Progress NONE = (done, total) -> true;

  /**
   * Called after each piece of work.
   *
   * @param done pieces done
   * @param total all pieces of the picture, known from the start
   * @return false to give up the picture
   */
  boolean report(int done, int total);

  /** Counts the pieces of one picture. */
  final class Count {
    private final Progress progress;
    private final int total;
    private int done;

    Count(Progress progress, int total) {
      this.progress = progress;
      this.total = total;
    }

    /**
     * One piece more is done.
     *
     * @throws CancellationException if the picture was given up
     */
    void step() {
      done++;
      if (!progress.report(done, total)) {
        throw new CancellationException("given up after " + done + " of " + total + " pieces");
      }
    }
  }
}
