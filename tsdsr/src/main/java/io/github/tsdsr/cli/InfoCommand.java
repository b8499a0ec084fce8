package io.github.tsdsr.cli;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.NamedWeights;
import io.github.tsdsr.io.model.WeightFiles;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.model.ModelReport;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tsdsr info}. */
@Command(
    name = "info",
    description = "Shows what the program runs on, or what a model or a file of tensors holds.",
    mixinStandardHelpOptions = true)
final class InfoCommand implements Callable<Integer> {
  @Parameters(paramLabel = "MODEL", arity = "0..1",
      description = "A model's folder, or a file of tensors (.safetensors, .pt, .pth, .bin, .safetensors.index.json).")
  private Path model;

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (model == null) {
      machine();
      return ExitCode.OK;
    }
    if (Files.notExists(model)) {
      throw new NoSuchFileException(model.toString());
    }
    return Files.isDirectory(model) ? folder() : file();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }

  private void line(String what, String is) {
    out().printf("%-12s %s%n", what, is);
  }

  private void machine() {
    Runtime java = Runtime.getRuntime();
    line("version", new Version().getVersion()[0]);
    line("java", Runtime.version() + " (" + System.getProperty("java.vendor") + "), " + System.getProperty("os.name")
        + " " + System.getProperty("os.arch"));
    try (Backend cpu = new VectorBackend()) {
      line("device", cpu.name());
    }
    line("device", "cuda: not available in this build");
    line("memory", String.format(Locale.ROOT, "%s, of which the Java heap takes at most %.1f GB",
        ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
            ? String.format(Locale.ROOT, "%.1f GB", os.getTotalMemorySize() / 1e9)
            : "of unknown size",
        java.maxMemory() / 1e9));
  }

  private int folder() throws IOException {
    ModelReport report = ModelReport.of(model);
    line("model", model.toString());
    report.parts().forEach(this::line);
    report.absent().forEach(what -> line("not there", what));
    report.missing().forEach(what -> line("missing", what));
    out().flush();
    if (report.missing().isEmpty()) {
      return ExitCode.OK;
    }
    throw new FormatException(model.toString(),
        "cannot be used, missing: " + report.missing().getFirst());
  }

  private int file() throws IOException {
    try (NamedWeights weights = WeightFiles.open(model)) {
      for (String name : weights.names()) {
        Tensor t = weights.find(name).orElseThrow();
        out().printf("%-5s %-20s %s%n", t.dtype(), t.layout(), name.replaceAll("\\p{Cntrl}", "?"));
      }
      out().printf("%d tensors, %s%n", weights.names().size(), ModelReport.contents(weights));
      return ExitCode.OK;
    }
  }
}
