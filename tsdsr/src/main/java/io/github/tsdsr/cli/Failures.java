package io.github.tsdsr.cli;

import io.github.tsdsr.infer.NonFiniteException;
import io.github.tsdsr.infer.UpscaleException;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.tensor.MemoryLimitException;
import io.github.tsdsr.tensor.WeightsException;
import io.github.tsdsr.train.step.TrainingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;

/** Turns what was thrown into one line and an exit code. */
final class Failures {
  private Failures() {}

  /** The line without its {@code tsdsr: }. */
  static String message(Throwable e) {
    String text = switch (e) {
      case NoSuchFileException f -> f.getFile() + ": " + (f.getReason() == null ? "no such file" : f.getReason());
      case AccessDeniedException f -> f.getFile() + ": access denied";
      case FileSystemException f -> f.getFile() + ": " + (f.getReason() == null ? "cannot be accessed" : f.getReason());
      case InvalidPathException p -> p.getInput() + ": not a file's name: " + p.getReason() + " (Java reads names as "
          + System.getProperty("sun.jnu.encoding") + " here)";
      case OutOfMemoryError _ ->
          "out of memory: give Java more with TSDSR_JAVA_OPTS=-Xmx..., or take a smaller picture";
      case InterruptedException _ -> "interrupted";
      case ClosedByInterruptException _ -> "interrupted";
      case UncheckedIOException u -> message(u.getCause());
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
    return text.lines().findFirst().orElse("failed");
  }

  /** The line for a picture that failed: it names the picture, unless the message begins with a file's name already. */
  static String message(Throwable e, Path picture) {
    String text = message(e);
    Throwable problem = e instanceof UncheckedIOException u ? u.getCause() : e;
    boolean named = problem instanceof FormatException || problem instanceof FileSystemException;
    return named ? text : picture + ": " + text;
  }

  static int exitCode(Throwable e) {
    return switch (e) {
      case UpscaleException u -> switch (u.kind()) {
        case OPTIONS, MODEL, PICTURE -> ExitCode.NOTHING_DONE;
        case MEMORY, NON_FINITE -> ExitCode.MACHINE;
        case CANCELLED -> ExitCode.INTERRUPTED;
      };
      case FormatException _ -> ExitCode.NOTHING_DONE;
      case WeightsException _ -> ExitCode.NOTHING_DONE;
      case IllegalArgumentException _ -> ExitCode.NOTHING_DONE;
      case NoSuchFileException _ -> ExitCode.NOTHING_DONE;
      case AccessDeniedException _ -> ExitCode.NOTHING_DONE;
      case FileAlreadyExistsException _ -> ExitCode.NOTHING_DONE;
      case InterruptedException _ -> ExitCode.INTERRUPTED;
      case ClosedByInterruptException _ -> ExitCode.INTERRUPTED;
      case UncheckedIOException u -> exitCode(u.getCause());
      case CancellationException _ -> ExitCode.INTERRUPTED;
      case MemoryLimitException _ -> ExitCode.MACHINE;
      case NonFiniteException _ -> ExitCode.MACHINE;
      case TrainingException _ -> ExitCode.MACHINE;
      case IOException _ -> ExitCode.MACHINE;
      case OutOfMemoryError _ -> ExitCode.MACHINE;
      default -> ExitCode.MACHINE;
    };
  }
}
