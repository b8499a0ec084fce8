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
      UpscaleCommand.class, TrainCommand.class, AblateCommand.class, SampleCommand.class, DegradeCommand.class,
      PrepareCommand.class,
      EvaluateCommand.class, ValidateCommand.class, InitModelCommand.class, InfoCommand.class, BundleCommand.class})
public final class Main {
  private Main() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs a command. */
  static int run(String... args) {
    return run(commandLine(), args);
  }

  /** Runs a command of these. */
  static int run(CommandLine line, String... args) {
    if (args.length == 0) {
      line.usage(line.getErr());
      return ExitCode.NOTHING_DONE;
    }
    try {
      return line.execute(args);
    } catch (Error e) {
      // Memory may run out wherever something is made; the handler of the exceptions is not asked about it.
      fail(line.getErr(), Failures.message(e));
      return Failures.exitCode(e);
    }
  }

  /** All commands; whatever goes wrong in one is told in one line. */
  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
    line.getSubcommands().values().forEach(command -> command.getCommandSpec().versionProvider(new Version()));
    line.setExecutionExceptionHandler((e, _, _) -> {
      fail(line.getErr(), Failures.message(e));
      return Failures.exitCode(e);
    });
    line.setParameterExceptionHandler((e, _) -> {
      String command = e.getCommandLine().getCommandSpec().qualifiedName();
      fail(line.getErr(), e.getMessage().lines().findFirst().orElse("wrong usage") + " (see " + command + " --help)");
      return ExitCode.NOTHING_DONE;
    });
    return line;
  }

  private static void fail(PrintWriter err, String message) {
    err.println("tsdsr: " + message);
    err.flush();
  }
}
