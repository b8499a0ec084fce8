package io.github.tsdsr.bench;

import java.util.List;
import java.util.Locale;

/**
 * What one contestant did with the networks of one picture.
 *
 * @param name the contestant
 * @param prepared seconds for what is done once for all pictures
 * @param passes one after the other
 * @param memory most bytes that were resident: all, of no file, of mapped files
 * @param decoded the last pass's picture
 */
record PassOutcome(String name, double prepared, List<Times> passes, long[] memory, float[] decoded) {
  /** Seconds of the stages of one pass. */
  record Times(double encoder, double transformer, double decoder) {
    double all() {
      return encoder + transformer + decoder;
    }
  }

  /** The head of the table that {@link #rows} belong to. */
  static String head() {
    return """
        | | encoder s | transformer s | decoder s | pass s | once s | resident GB | of no file GB | of files GB |
        |---|---:|---:|---:|---:|---:|---:|---:|---:|
        """;
  }

  /** A row a pass. */
  String rows() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < passes.size(); i++) {
      Times t = passes.get(i);
      text.append(
          String.format(Locale.ROOT, "| %s, pass %d | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f | %.2f |%n",
              name, i + 1, t.encoder, t.transformer, t.decoder, t.all(), prepared, memory[0] / 1e9, memory[1] / 1e9,
              memory[2] / 1e9));
    }
    return text.toString();
  }

  /** This one's last pass as a part of another's. */
  String against(PassOutcome other) {
    double theirs = other.passes.getLast().all();
    double ours = passes.getLast().all();
    double most = 0;
    double squares = 0;
    double scale = 0;
    for (int i = 0; i < decoded.length; i++) {
      double d = Math.abs(decoded[i] - other.decoded[i]);
      most = Math.max(most, d);
      squares += d * d;
      scale = Math.max(scale, Math.abs(other.decoded[i]));
    }
    return String.format(Locale.ROOT, "last pass: %.2f of the time of %s, %.2f with what is done once; "
        + "pictures: largest value %.3g, largest difference %.3g, root mean square %.3g%n", ours / theirs, other.name,
        (prepared + ours) / theirs, scale, most, Math.sqrt(squares / decoded.length));
  }
}
