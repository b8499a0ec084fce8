package io.github.tsdsr.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tsdsr.io.image.Image;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Tells how a run is getting on: progress and errors on stderr, results on stdout. */
final class UpscaleReport implements AutoCloseable {
  private final int pictures;
  private final boolean quiet;
  private final boolean json;
  private final PrintStream out;
  private final PrintStream err;
  private final PictureBar bar;
  private int begun;

  /**
   * @param pictures how many there are
   * @param quiet errors only
   * @param json results as JSON, whatever is quiet
   */
  UpscaleReport(int pictures, boolean quiet, boolean json) {
    this.pictures = pictures;
    this.quiet = quiet;
    this.json = json;
    out = System.out;
    err = System.err;
    bar = quiet || pictures == 0 || !Terminal.isStderr() ? null : PictureBar.open(err, pictures);
  }

  /** A picture's turn has come. */
  void begins(UpscaleJobs.Job job) {
    begun++;
    if (bar != null) {
      bar.begins(begun - 1, job.input().getFileName().toString());
    }
  }

  /** A part of the picture is done, in [0, 1]. */
  void advanced(double part) {
    if (bar != null) {
      bar.at(begun - 1 + part);
    }
  }

  void done(UpscaleJobs.Job job, Image picture, Image large, double seconds) {
    if (json) {
      print(node(job, "done").put("width", large.width()).put("height", large.height())
          .put("seconds", Math.round(seconds * 1000) / 1000.0));
    } else if (!quiet) {
      clear();
      out.println(job.output());
      out.flush();
    }
    if (!quiet && bar == null) {
      err.println(String.format(Locale.ROOT, "%s: %dx%d to %dx%d in %.1f s (%d of %d)", job.input(), picture.width(),
          picture.height(), large.width(), large.height(), seconds, begun, pictures));
    }
  }

  void skipped(UpscaleJobs.Job job) {
    begun++;
    if (json) {
      print(node(job, "skipped"));
    }
    if (!quiet) {
      say(job.output() + ": is there already, left as it is");
    }
  }

  void failed(UpscaleJobs.Job job, String message) {
    if (json) {
      print(node(job, "failed").put("error", message));
    }
    say("tsdsr: " + message);
  }

  /** An input that gave no picture. */
  void problem(String message) {
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

  private static ObjectNode node(UpscaleJobs.Job job, String status) {
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
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
