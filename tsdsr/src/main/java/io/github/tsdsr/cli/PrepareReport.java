package io.github.tsdsr.cli;

import io.github.tsdsr.data.pairs.PairMaker;
import java.io.PrintStream;
import java.nio.file.Path;

/** Tells how the making of a training set is getting on: a bar, or from time to time a line. */
final class PrepareReport implements PairMaker.Listener, AutoCloseable {
  private static final long BETWEEN_LINES_NANOS = 5_000_000_000L;

  private final PrintStream err;
  private final boolean quiet;
  private String what = "";
  private PictureBar bar;
  private long lastLine = System.nanoTime();
  private int failures;

  PrepareReport(PrintStream err, boolean quiet) {
    this.err = err;
    this.quiet = quiet;
  }

  /** Counts these from now on. */
  synchronized void begins(String counted) {
    what = counted;
  }

  @Override
  public synchronized void progress(int done, int all) {
    if (quiet) {
      return;
    }
    if (bar == null && done < all && Terminal.isStderr()) {
      bar = PictureBar.open(err, "prepare " + what, all);
    }
    if (bar != null) {
      bar.at(done);
    } else if (System.nanoTime() - lastLine > BETWEEN_LINES_NANOS) {
      lastLine = System.nanoTime();
      err.println(what + ": " + done + " of " + all);
    }
  }

  @Override
  public synchronized void leftOut(Path photo, String reason, boolean failure) {
    failures += failure ? 1 : 0;
    if (failure || !quiet) {
      if (bar != null) {
        bar.clear();
      }
      String named = reason.contains(photo.toString()) ? reason : photo + ": " + reason;
      err.println((failure ? "tsdsr: " : "left out: ") + named.lines().findFirst().orElse(""));
    }
  }

  /** How many photos could not be read. */
  synchronized int failures() {
    return failures;
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
