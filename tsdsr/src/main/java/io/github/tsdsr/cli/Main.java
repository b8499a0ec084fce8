package io.github.tsdsr.cli;

import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.TypeConversionException;

/** The program's entry. */
@Command(
    name = "tsdsr",
    description = "One-step diffusion super-resolution: a photo in, a photo four times as wide and high out.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND")
public final class Main {
  /** By their names, in the order of the help. */
  private static final SequencedMap<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("upscale", UpscaleCommand.class);
    COMMANDS.put("train", TrainCommand.class);
    COMMANDS.put("ablate", AblateCommand.class);
    COMMANDS.put("sample", SampleCommand.class);
    COMMANDS.put("degrade", DegradeCommand.class);
    COMMANDS.put("prepare", PrepareCommand.class);
    COMMANDS.put("evaluate", EvaluateCommand.class);
    COMMANDS.put("validate", ValidateCommand.class);
    COMMANDS.put("init-model", InitModelCommand.class);
    COMMANDS.put("info", InfoCommand.class);
    COMMANDS.put("bundle", BundleCommand.class);
  }

  private Main() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs a command. */
  static int run(String... args) {
    return run(commandLine(args), args);
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

  /**
   * The command that the first argument names, else all of them: reading what a command's options are takes time. Whatever
   * goes wrong in one is told in one line.
   */
  static CommandLine commandLine(String... args) {
    CommandLine line = new CommandLine(new Main());
    Class<?> named = args.length == 0 ? null : COMMANDS.get(args[0]);
    for (Class<?> command : named == null ? COMMANDS.values() : List.of(named)) {
      line.addSubcommand(command);
    }
    line.registerConverter(Path.class, Main::path);
    line.setCaseInsensitiveEnumValuesAllowed(true);
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

  private static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new TypeConversionException(Failures.message(e));
    }
  }

  private static void fail(PrintWriter err, String message) {
    err.println("tsdsr: " + message);
    err.flush();
  }
}
