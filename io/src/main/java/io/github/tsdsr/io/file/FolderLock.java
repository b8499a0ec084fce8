package io.github.tsdsr.io.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A folder that one process at a time writes in, by a lock on the file {@code .lock} in it. */
public final class FolderLock implements AutoCloseable {
  private static final String NAME = ".lock";

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes a folder that is there; empty if another has it. The lock goes with the process, however that ends.
   *
   * @throws IOException if the folder cannot be written in
   */
  public static Optional<FolderLock> take(Path folder) throws IOException {
    FileChannel channel = FileChannel.open(folder.resolve(NAME), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return Optional.of(new FolderLock(channel));
      }
      channel.close();
      return Optional.empty();
    } catch (OverlappingFileLockException e) {
      channel.close();
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Removes what a killed process left half-written in a folder; one that is not there is left alone.
   *
   * @param depth how far down; 1 for the folder's own files
   */
  public static void removeTemporary(Path folder, int depth) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> left;
    try (Stream<Path> all = Files.walk(folder, depth)) {
      left = all.filter(f -> AtomicFile.isTemporary(f) && Files.isRegularFile(f)).toList();
    }
    for (Path file : left) {
      Files.deleteIfExists(file);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
