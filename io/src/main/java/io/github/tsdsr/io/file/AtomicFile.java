package io.github.tsdsr.io.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Writes a file under a temporary name in the same folder, brings it to the disk, then gives it its name: whatever happens
 * in between, the name holds either what it held before or the whole new file.
 */
public final class AtomicFile {
  private static final Pattern TEMPORARY = Pattern.compile("\\..+\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.tmp");
  /** How much of a file's name its temporary name repeats: with all of it, a long name would become one too long. */
  private static final int NAME_PART = 40;

  /** Writes the contents. */
  @FunctionalInterface
  public interface Writer {
    void write(FileChannel channel) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Writes a file, replacing one of that name.
   *
   * @throws ClosedByInterruptException if the thread was interrupted
   * @throws IOException if it could not be written; then nothing is left behind
   */
  public static void write(Path file, Writer writer) throws IOException {
    write(file, true, writer);
  }

  /** {@link #write(Path, Writer)} of these bytes. */
  public static void write(Path file, byte[] bytes) throws IOException {
    write(file, true, channel -> {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left);
      }
    });
  }

  /**
   * {@link #write(Path, Writer)} of a new file: one that has got the name meanwhile stays. What appears in the very moment
   * between that look and the renaming is replaced.
   *
   * @throws FileAlreadyExistsException if the name is taken when all is written
   */
  public static void create(Path file, Writer writer) throws IOException {
    write(file, false, writer);
  }

  /** Whether a file's name is one that a file has here until it is written; a killed process leaves such. */
  public static boolean isTemporary(Path file) {
    return TEMPORARY.matcher(file.getFileName().toString()).matches();
  }

  private static Path temporary(Path folder, String name) {
    int part = name.offsetByCodePoints(0, Math.min(NAME_PART, name.codePointCount(0, name.length())));
    // Not Files.createTempFile: what it makes only its owner may read, and the file keeps that under its last name.
    return folder.resolve("." + name.substring(0, part) + "." + UUID.randomUUID() + ".tmp");
  }

  private static void write(Path file, boolean replace, Writer writer) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Path temporary = temporary(folder, file.getFileName().toString());
    try {
      try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        writer.write(channel);
        channel.force(true);
      } catch (FileSystemException | ClosedByInterruptException e) {
        throw e;
      } catch (IOException e) {
        // A full disk says only that it is full.
        throw new FileSystemException(file.toString(), null, e.getMessage());
      }
      if (!replace && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileAlreadyExistsException(file.toString(), null, "has appeared meanwhile, and is left as it is");
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
