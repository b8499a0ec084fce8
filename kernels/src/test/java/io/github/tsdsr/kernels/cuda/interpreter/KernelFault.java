package io.github.tsdsr.kernels.cuda.interpreter;

import io.github.tsdsr.kernels.cuda.DeviceException;
import java.util.List;
import java.util.stream.Collectors;

/** A launch in which a kernel did something wrong. */
public final class KernelFault extends DeviceException {
  private static final long serialVersionUID = 1;

  private final transient List<Report> reports;

  KernelFault(List<Report> reports) {
    super(reports.stream().map(Report::toString).collect(Collectors.joining("\n")));
    this.reports = List.copyOf(reports);
  }

  /** In the order in which they were found; one for each kind and line. */
  public List<Report> reports() {
    return reports;
  }
}
