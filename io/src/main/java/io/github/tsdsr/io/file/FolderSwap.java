package io.github.tsdsr.io.file;

import io.github.tsdsr.io.FormatException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Writes folders of one kind beside their place and moves them there when they are complete.
 *
 * @param kind what such a folder is, for messages: a model
 * @param marker a file that every such folder has: nothing else is replaced
 */
public record FolderSwap(String kind, String marker) {
  /** Fills a folder. */
  @FunctionalInterface
  public interface Writer {
    void write(Path folder) throws IOException;
  }

  /**
   * Writes a folder whole or not at all.
   *
   * @param replace whether one that is there makes room
   * @param bytes about how many will be written
   * @throws FormatException if something is there that is not to be replaced
   * @throws IOException if the disk has no room, or as the writer
   */
  public void write(Path folder, boolean replace, long bytes, Writer writer) throws IOException {
    Path place = folder.toAbsolutePath().normalize();
    checkFree(folder, place, replace);
    Path parent = Files.createDirectories(place.getParent());
    long room = Files.getFileStore(parent).getUsableSpace();
    if (room < bytes) {
      throw new IOException(folder + ": needs " + bytes + " bytes, the disk has room for " + room);
    }
    String id = UUID.randomUUID().toString();
    Path made = parent.resolve("." + place.getFileName() + "." + id + ".tmp");
    Path old = parent.resolve("." + place.getFileName() + "." + id + ".old");
    try {
      writer.write(Files.createDirectory(made));
      // Again: much can have happened meanwhile.
      checkFree(folder, place, replace);
      if (Files.exists(place)) {
        Files.move(place, old);
      }
      try {
        Files.move(made, place);
      } catch (IOException e) {
        putBack(folder, place, old, e);
        throw e;
      }
      delete(old);
    } finally {
      delete(made);
    }
  }

  /** Where even that fails, the old model stays under the name it has by then: it may be the only one. */
  private void putBack(Path folder, Path place, Path old, IOException why) throws IOException {
    if (Files.notExists(old)) {
      return;
    }
    try {
      Files.move(old, place);
    } catch (IOException e) {
      e.addSuppressed(why);
      FileSystemException both = new FileSystemException(
          folder.toString(), null, "could not be replaced; what was there is now " + old);
      both.initCause(e);
      throw both;
    }
  }

  private void checkFree(Path folder, Path place, boolean replace) throws IOException {
    if (place.getParent() == null || Files.exists(place) && !Files.isDirectory(place)) {
      throw new FormatException(folder.toString(), "not a folder that can be made");
    }
    if (Files.notExists(place) || isEmpty(place)) {
      return;
    }
    if (!replace) {
      throw new FormatException(folder.toString(), "is there and not empty; --overwrite replaces " + kind);
    }
    // A mistyped name must not cost a folder of something else.
    if (!Files.isRegularFile(place.resolve(marker))) {
      throw new FormatException(folder.toString(), "is not " + kind + " (no " + marker + "), so it is not replaced");
    }
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> inside = Files.list(folder)) {
      return inside.findAny().isEmpty();
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return;
    }
    List<Path> all;
    try (Stream<Path> walk = Files.walk(folder)) {
      all = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path p : all) {
      Files.delete(p);
    }
  }
}
