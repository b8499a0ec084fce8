package io.github.tsdsr.io.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes a file under a temporary name in the same folder, brings it to the disk, then gives it its name: whatever happens
 * in between, the name holds either what it held before or the whole new file.
 */
public final class AtomicFile {
  /** Writes the contents. */
  @FunctionalInterface
  public interface Writer {
    void write(FileChannel channel) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Writes a file, replacing one of that name.
   *
   * @throws IOException if it could not be written; then nothing is left behind
   */
  public static void write(Path file, Writer writer) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    // Not Files.createTempFile: what it makes only its owner may read, and the file keeps that under its last name.
    Path temporary = folder.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        writer.write(channel);
        channel.force(true);
      } catch (FileSystemException e) {
        throw e;
      } catch (IOException e) {
        // A full disk says only that it is full.
        throw new FileSystemException(file.toString(), null, e.getMessage());
      }
      try {
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
      }
      sync(folder);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Brings the name itself to the disk: what is deleted after this must not outlive it there. */
  private static void sync(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Not every system opens a folder; there the name follows when the system sees fit.
    }
  }
}
