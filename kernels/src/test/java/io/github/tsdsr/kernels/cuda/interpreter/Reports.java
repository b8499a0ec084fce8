package io.github.tsdsr.kernels.cuda.interpreter;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects what goes wrong in a launch. */
final class Reports {
  /** Unwinds a launch that cannot go on. */
  static final class Abort extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private record Place(Report.Kind kind, int line) {}

  private final List<Report> reports = new ArrayList<>();
  private final Set<Place> seen = new HashSet<>();

  /** Notes something after which the thread can go on; only the first of a kind on a line. */
  void add(Report.Kind kind, Lane lane, String message) {
    int line = lane.line();
    if (seen.add(new Place(kind, line))) {
      reports.add(new Report(kind, lane.block().kernel().name(), line, lane.toString(), message));
    }
  }

  /** Notes something that ends the launch. */
  Abort fatal(Report.Kind kind, Lane lane, String message) {
    add(kind, lane, message);
    return new Abort();
  }

  /**
   * @throws KernelFault if there is any
   */
  void check() {
    if (!reports.isEmpty()) {
      throw new KernelFault(reports);
    }
  }
}
