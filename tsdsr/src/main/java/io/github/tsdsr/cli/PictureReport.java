package io.github.tsdsr.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tsdsr.io.image.Image;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Tells how a run is getting on: progress and errors on stderr, results on stdout. For several threads. */
final class PictureReport implements AutoCloseable {
  private final int pictures;
  private final boolean quiet;
  private final boolean json;
  private final PrintStream out;
  private final PrintStream err;
  private final PictureBar bar;
  private int ended;

  /**
   * @param task what the bar calls the work
   * @param pictures how many there are
   */
  PictureReport(String task, int pictures, OutputOptions options) {
    this.pictures = pictures;
    quiet = options.quiet();
    json = options.json();
    out = System.out;
    err = System.err;
    bar = quiet || pictures == 0 || !Terminal.isStderr() ? null : PictureBar.open(err, task, pictures);
  }

  /** A picture's turn has come. */
  synchronized void begins(PictureJobs.Job job) {
    if (bar != null) {
      bar.begins(ended, job.input().getFileName().toString());
    }
  }

  /** A part of the only picture in work is done, in [0, 1]. */
  synchronized void advanced(double part) {
    if (bar != null) {
      bar.at(ended + part);
    }
  }

  synchronized void done(PictureJobs.Job job, Image picture, Image result, double seconds) {
    ended++;
    if (json) {
      print(node(job, "done").put("width", result.width()).put("height", result.height())
          .put("seconds", Math.round(seconds * 1000) / 1000.0));
    } else if (!quiet) {
      clear();
      out.println(job.output());
      out.flush();
    }
    if (!quiet && bar == null) {
      err.println(String.format(Locale.ROOT, "%s: %dx%d to %dx%d in %.1f s (%d of %d)", job.input(), picture.width(),
          picture.height(), result.width(), result.height(), seconds, ended, pictures));
    }
  }

  synchronized void skipped(PictureJobs.Job job) {
    ended++;
    if (json) {
      print(node(job, "skipped"));
    }
    if (!quiet) {
      say(job.output() + ": is there already, left as it is");
    }
  }

  synchronized void failed(PictureJobs.Job job, String message) {
    ended++;
    if (json) {
      print(node(job, "failed").put("error", message));
    }
    say("tsdsr: " + message);
  }

  /** An input that gave no picture. */
  synchronized void problem(String message) {
    say("tsdsr: " + message);
  }

  private void say(String line) {
    clear();
    err.println(line);
  }

  private void clear() {
    if (bar != null) {
      bar.clear();
    }
  }

  private static ObjectNode node(PictureJobs.Job job, String status) {
    return new ObjectMapper().createObjectNode().put("input", job.input().toString())
        .put("output", job.output().toString()).put("status", status);
  }

  private void print(ObjectNode node) {
    clear();
    // UTF-8 whatever the terminal's encoding.
    byte[] line = (node + "\n").getBytes(StandardCharsets.UTF_8);
    out.write(line, 0, line.length);
    out.flush();
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
