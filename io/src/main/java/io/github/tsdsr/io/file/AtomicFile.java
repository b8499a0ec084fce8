package io.github.tsdsr.io.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes a file under a temporary name in the same folder, brings it to the disk, then gives it its name: whatever happens
 * in between, the name holds either what it held before or the whole new file.
 */
public final class AtomicFile {
  /** The number of the process is missing in what earlier versions left. */
  private static final Pattern TEMPORARY = Pattern.compile(
      "\\.(?<name>.+)\\.((?<process>\\d{1,18})-)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.tmp");
  /** A younger one may be another machine's, which shares the folder and has processes of its own. */
  private static final Duration LEFT_AFTER = Duration.ofMinutes(1);
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

  /**
   * Removes what killed processes left of these files: temporary ones of their names that are older than a minute and whose
   * process runs no more. What cannot be read or removed stays.
   */
  public static void removeAbandoned(Collection<Path> files) {
    Map<Path, Set<String>> namesIn = new HashMap<>();
    for (Path file : files) {
      namesIn.computeIfAbsent(file.toAbsolutePath().getParent(), _ -> new HashSet<>())
          .add(part(file.getFileName().toString()));
    }
    namesIn.forEach((folder, names) -> {
      try (DirectoryStream<Path> hidden = Files.newDirectoryStream(folder, ".*.tmp")) {
        for (Path file : hidden) {
          Matcher name = TEMPORARY.matcher(file.getFileName().toString());
          if (name.matches() && names.contains(name.group("name")) && isAbandoned(file, name.group("process"))) {
            Files.deleteIfExists(file);
          }
        }
      } catch (IOException | DirectoryIteratorException e) {
        // They only take room.
      }
    });
  }

  private static boolean isAbandoned(Path file, String process) throws IOException {
    if (process == null) {
      return false;
    }
    Instant written = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
    if (written.isAfter(Instant.now().minus(LEFT_AFTER))) {
      return false;
    }
    // One that began later has only got the same number: in a container that is the rule.
    return ProcessHandle.of(Long.parseLong(process)).filter(ProcessHandle::isAlive)
        .flatMap(running -> running.info().startInstant().map(written::isBefore).or(() -> Optional.of(false)))
        .orElse(true);
  }

  private static String part(String name) {
    return name.substring(0, name.offsetByCodePoints(0, Math.min(NAME_PART, name.codePointCount(0, name.length()))));
  }

  private static Path temporary(Path folder, String name) {
    // Not Files.createTempFile: what it makes only its owner may read, and the file keeps that under its last name.
    String id = ProcessHandle.current().pid() + "-" + UUID.randomUUID();
    return folder.resolve("." + part(name) + "." + id + ".tmp");
  }

  /** Says of the file itself what went wrong with its temporary one, which nobody knows. */
  private static FileSystemException named(Path file, FileSystemException e) {
    FileSystemException named = switch (e) {
      case AccessDeniedException _ -> new AccessDeniedException(file.toString(), null, e.getReason());
      case NoSuchFileException _ -> new NoSuchFileException(file.toString(), null, "cannot be made in this folder");
      default -> new FileSystemException(file.toString(), null, e.getReason());
    };
    named.initCause(e);
    return named;
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
    } catch (FileSystemException e) {
      throw temporary.toString().equals(e.getFile()) ? named(file, e) : e;
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
