package io.github.tsdsr.train.run;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.file.FolderLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The folder of a run, held by one process at a time: {@code checkpoint-*.safetensors}, {@code log.jsonl}, {@code
 * report.html}, {@code sessions.json}, {@code strips/} with pictures, and {@code model/}.
 */
public final class RunFolder implements AutoCloseable {
  private final Path folder;
  private final FolderLock lock;

  private RunFolder(Path folder, FolderLock lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Makes the folder where it is not there, takes it, and removes what a killed process left half-written.
   *
   * @throws FormatException if it is no folder or another process has it
   */
  public static RunFolder take(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
    } catch (java.nio.file.FileAlreadyExistsException | NotDirectoryException e) {
      throw new FormatException(folder.toString(), "expected a folder to write the run into, or a name for a new one");
    }
    FolderLock lock = FolderLock.take(folder).orElseThrow(() -> taken(folder));
    try {
      RunFolder run = new RunFolder(folder, lock);
      run.removeTemporary();
      return run;
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static FormatException taken(Path folder) {
    return new FormatException(folder.toString(), "another process trains in this folder");
  }

  /** Only where a run writes: the folder may hold what belongs to others. */
  private void removeTemporary() throws IOException {
    FolderLock.removeTemporary(folder, 1);
    FolderLock.removeTemporary(strips(), 1);
    FolderLock.removeTemporary(model(), Integer.MAX_VALUE);
  }

  /** The folder itself. */
  public Path path() {
    return folder;
  }

  /** The log, one line a step. */
  public Path log() {
    return logIn(folder);
  }

  /** The log of a run in a folder that another process may have. */
  public static Path logIn(Path folder) {
    return folder.resolve("log.jsonl");
  }

  Path report() {
    return folder.resolve("report.html");
  }

  /** When and on what the run was worked on. */
  public Path sessions() {
    return folder.resolve("sessions.json");
  }

  /** The folder of the pictures of the latest validation. */
  public Path strips() {
    return folder.resolve("strips");
  }

  /** Whether there is a model that no run has left here: a run's log is there before its first model. */
  public boolean holdsForeignModel() throws IOException {
    if (!Files.isDirectory(model()) || Files.exists(log()) || Checkpoint.latest(folder).isPresent()) {
      return false;
    }
    try (Stream<Path> inside = Files.list(model())) {
      return inside.findAny().isPresent();
    }
  }

  /** The folder of the model as it is so far. */
  public Path model() {
    return folder.resolve("model");
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
