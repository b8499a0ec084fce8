package io.github.tsdsr.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The program's entry. */
@Command(
    name = "tsdsr",
    description = "One-step diffusion super-resolution: a photo in, a photo four times as wide and high out.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      UpscaleCommand.class, TrainCommand.class, EvaluateCommand.class, ValidateCommand.class, InitModelCommand.class,
      InfoCommand.class})
public final class Main {
  private Main() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs a command. */
  static int run(String... args) {
    CommandLine line = new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler((e, _, _) -> {
      fail(line.getErr(), Failures.message(e));
      return Failures.exitCode(e);
    });
    line.setParameterExceptionHandler((e, _) -> {
      fail(line.getErr(), e.getMessage().lines().findFirst().orElse("wrong usage") + " (see tsdsr --help)");
      return ExitCode.NOTHING_DONE;
    });
    if (args.length == 0) {
      line.usage(line.getErr());
      return ExitCode.NOTHING_DONE;
    }
    return line.execute(args);
  }

  private static void fail(PrintWriter err, String message) {
    err.println("tsdsr: " + message);
    err.flush();
  }
}
