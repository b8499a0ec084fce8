package io.github.tsdsr.train;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.file.AtomicFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of a run, held by one process at a time: {@code checkpoint-*.safetensors}, {@code log.jsonl}, {@code
 * report.html}, {@code sessions.json}, {@code strips/} with pictures, and {@code model/}.
 */
final class RunFolder implements AutoCloseable {
  private static final String LOCK = ".lock";

  private final Path folder;
  private final FileChannel channel;

  private RunFolder(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /**
   * Makes the folder where it is not there, takes it, and removes what a killed process left half-written.
   *
   * @throws FormatException if it is no folder or another process has it
   */
  static RunFolder take(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
    } catch (java.nio.file.FileAlreadyExistsException | NotDirectoryException e) {
      throw new FormatException(folder.toString(), "expected a folder to write the run into, or a name for a new one");
    }
    // The lock goes with the process, however it ends.
    FileChannel channel =
        FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw taken(folder);
      }
      RunFolder run = new RunFolder(folder, channel);
      run.removeTemporary();
      return run;
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw taken(folder);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static FormatException taken(Path folder) {
    return new FormatException(folder.toString(), "another process trains in this folder");
  }

  /** Only where a run writes: the folder may hold what belongs to others. */
  private void removeTemporary() throws IOException {
    removeTemporary(folder, 1);
    removeTemporary(strips(), 1);
    removeTemporary(model(), Integer.MAX_VALUE);
  }

  private static void removeTemporary(Path within, int depth) throws IOException {
    if (!Files.isDirectory(within)) {
      return;
    }
    List<Path> left;
    try (Stream<Path> all = Files.walk(within, depth)) {
      left = all.filter(f -> AtomicFile.isTemporary(f) && Files.isRegularFile(f)).toList();
    }
    for (Path file : left) {
      Files.deleteIfExists(file);
    }
  }

  Path path() {
    return folder;
  }

  Path log() {
    return folder.resolve("log.jsonl");
  }

  Path report() {
    return folder.resolve("report.html");
  }

  Path sessions() {
    return folder.resolve("sessions.json");
  }

  Path strips() {
    return folder.resolve("strips");
  }

  /** Whether there is a model that no run has left here: a run's log is there before its first model. */
  boolean holdsForeignModel() throws IOException {
    if (!Files.isDirectory(model()) || Files.exists(log()) || Checkpoint.latest(folder).isPresent()) {
      return false;
    }
    try (Stream<Path> inside = Files.list(model())) {
      return inside.findAny().isPresent();
    }
  }

  Path model() {
    return folder.resolve("model");
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
