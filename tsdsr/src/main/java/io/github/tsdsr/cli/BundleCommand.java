package io.github.tsdsr.cli;

import io.github.tsdsr.bundle.Bundle;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tsdsr bundle}. */
@Command(
    name = "bundle",
    description = {
      "Writes a folder with this program, its built-in model and a Java runtime of its own: it runs on any machine of this",
      "operating system and processor type."
    },
    mixinStandardHelpOptions = true)
final class BundleCommand implements Callable<Integer> {
  @Option(names = {"-o", "--output"}, paramLabel = "DIR", required = true, description = "The bundle's folder.")
  private Path folder;

  @Option(names = "--overwrite", description = "Replace a bundle that is in the folder.")
  private boolean overwrite;

  @Spec
  private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Bundle.ofThisProgram().write(folder, overwrite);
    spec.commandLine().getOut().println(folder + ": run its tsdsr; to carry it, pack the folder");
    return ExitCode.OK;
  }
}
