package io.github.tsdsr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class MainTest {
  @Test
  void everyCommandExplainsItselfAndTellsTheVersion() {
    Set<String> commands = Main.commandLine().getSubcommands().keySet();
    assertEquals(
        Set.of("upscale", "train", "sample", "degrade", "prepare", "evaluate", "validate", "ablate", "init-model",
            "info",
            "bundle"),
        commands);
    for (String command : commands) {
      CommandRun help = CommandRun.of(Stream.of(command, "--help"));
      assertEquals(0, help.code(), command + help.err());
      assertTrue(help.out().getFirst().startsWith("Usage: tsdsr " + command + " "), help.out().toString());
      assertEquals(new CommandRun(0, List.of(new Version().getVersion()[0]), List.of()),
          CommandRun.of(Stream.of(command, "--version")));
    }
  }

  @Test
  void aCommandIsReadAloneAndAnUnknownOneIsToldAllNames() {
    for (String command : Main.commandLine().getSubcommands().keySet()) {
      assertEquals(Set.of(command), Main.commandLine(command, "--help").getSubcommands().keySet());
    }
    CommandRun help = CommandRun.of(Stream.of("--help"));
    assertTrue(help.out().stream().anyMatch(line -> line.strip().startsWith("bundle ")), help.out().toString());
    CommandRun unknown = CommandRun.of(Stream.of("upscalee"));
    assertEquals(2, unknown.code());
    assertEquals(List.of("tsdsr: Unmatched argument at index 0: 'upscalee' (see tsdsr --help)"), unknown.err());
  }

  /** A command that asks for more memory than there is. */
  @Command(name = "greedy")
  private static final class Greedy implements Callable<Integer> {
    @Override
    public Integer call() {
      throw new OutOfMemoryError("Java heap space");
    }
  }

  @Test
  void memoryThatRunsOutInACommandIsOneLineAndTheMachinesFailure() {
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine().addSubcommand(new Greedy()).setErr(new PrintWriter(err));
    assertEquals(3, Main.run(line, "greedy"));
    assertEquals(
        List.of("tsdsr: out of memory: give Java more with TSDSR_JAVA_OPTS=-Xmx..., or take a smaller picture"),
        err.toString().lines().toList());
  }

  @Test
  void whatIsWrappedIsToldAsItself() {
    IOException denied = new AccessDeniedException("deep/closed");
    UncheckedIOException wrapped = new UncheckedIOException(denied);
    assertEquals("deep/closed: access denied", Failures.message(wrapped));
    assertEquals("deep/closed: access denied", Failures.message(wrapped, Path.of("a.png")));
    assertEquals(ExitCode.NOTHING_DONE, Failures.exitCode(wrapped));
    assertEquals("interrupted", Failures.message(new ClosedByInterruptException()));
    assertEquals(ExitCode.INTERRUPTED, Failures.exitCode(new ClosedByInterruptException()));
  }
}
