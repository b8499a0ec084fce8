package io.github.tsdsr.data;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.image.ImageFormat;
import io.github.tsdsr.pixel.BytePixels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * The photos that crops are taken from. Each is decoded once when the library opens and kept as bytes, in the order
 * of the files, as long as they fit a budget; the others are decoded again for every use. Safe for several threads.
 */
public final class PhotoLibrary {
  /** Reads a picture file as 8-bit RGB. */
  @FunctionalInterface
  public interface Decoder {
    BytePixels decode(Path file) throws IOException;
  }

  /** Told of a file that cannot be read; throws, or leaves the photo out by returning. */
  @FunctionalInterface
  public interface Unreadable {
    /** Ends the opening with the problem. */
    Unreadable REFUSED = (file, problem) -> {
      switch (problem) {
        case IOException e -> throw e;
        case RuntimeException e -> throw e;
        default -> throw new IOException(file + ": " + problem.getMessage(), problem);
      }
    };

    /**
     * Decides.
     *
     * @param problem an IOException or a FormatException
     */
    void handle(Path file, Exception problem) throws IOException;
  }

  private record Entry(Path file, int width, int height, BytePixels kept) {}

  private final Decoder decoder;
  private final List<Entry> entries;

  private PhotoLibrary(Decoder decoder, List<Entry> entries) {
    this.decoder = decoder;
    this.entries = entries;
  }

  /**
   * The picture files of a folder (not of its subfolders), told by their extension, in the order of their names.
   *
   * @throws FormatException if it is no folder or holds no such file
   * @throws IOException if the folder cannot be read
   */
  public static List<Path> filesIn(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new FormatException(folder.toString(), "no such folder; expected one with photos");
    }
    List<Path> files = picturesIn(folder);
    if (files.isEmpty()) {
      throw new FormatException(
          folder.toString(), "no photos in this folder: expected " + String.join(", ", ImageFormat.extensions()));
    }
    return files;
  }

  private static List<Path> picturesIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile)
          .filter(file -> ImageFormat.ofName(file.getFileName().toString()).isPresent())
          .sorted(Comparator.comparing(file -> file.getFileName().toString()))
          .toList();
    }
  }

  /**
   * {@link #open(List, Decoder, int, long, int, Unreadable)} that refuses a file that cannot be read.
   *
   * @throws IOException if a file cannot be read or is not RGB, naming it
   * @throws FormatException if a file is damaged, naming it
   */
  public static PhotoLibrary open(List<Path> files, Decoder decoder, int leastSide, long budgetBytes, int threads)
      throws IOException {
    return open(files, decoder, leastSide, budgetBytes, threads, Unreadable.REFUSED);
  }

  /**
   * Opens the photos whose sides are both at least {@code leastSide}; smaller ones are left out.
   *
   * @param files in the order that numbers them: part of what makes training reproducible
   * @param budgetBytes how many bytes of decoded photos to keep
   * @param threads how many photos are decoded at a time
   * @param unreadable decides about a file that cannot be read
   * @throws IllegalArgumentException if no photo is large enough
   */
  public static PhotoLibrary open(
      List<Path> files, Decoder decoder, int leastSide, long budgetBytes, int threads, Unreadable unreadable)
      throws IOException {
    List<Entry> entries = new ArrayList<>();
    long kept = 0;
    try (ExecutorService pool = Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().factory())) {
      // A few at a time: all at once would keep every photo in memory, whatever the budget.
      for (int from = 0; from < files.size(); from += threads) {
        List<Future<BytePixels>> decoded = new ArrayList<>();
        List<Path> some = files.subList(from, Math.min(from + threads, files.size()));
        some.forEach(file -> decoded.add(pool.submit(() -> read(decoder, file))));
        for (int i = 0; i < some.size(); i++) {
          BytePixels photo;
          try {
            photo = wait(decoded.get(i), some.get(i));
          } catch (IOException | FormatException e) {
            unreadable.handle(some.get(i), e);
            continue;
          }
          if (Math.min(photo.width(), photo.height()) < leastSide) {
            continue;
          }
          boolean keep = kept + photo.samples().length <= budgetBytes;
          kept += keep ? photo.samples().length : 0;
          entries.add(new Entry(some.get(i), photo.width(), photo.height(), keep ? photo : null));
        }
      }
    }
    if (entries.isEmpty()) {
      throw new IllegalArgumentException(
          "none of the " + files.size() + " photos is at least " + leastSide + "x" + leastSide);
    }
    return new PhotoLibrary(decoder, List.copyOf(entries));
  }

  /** How many photos are large enough. */
  public int size() {
    return entries.size();
  }

  /** The file of photo i. */
  public Path file(int i) {
    return entries.get(i).file;
  }

  /** The width of photo i. */
  public int width(int i) {
    return entries.get(i).width;
  }

  /** The height of photo i. */
  public int height(int i) {
    return entries.get(i).height;
  }

  /** How many photos are kept in memory. */
  public int kept() {
    return (int) entries.stream().filter(e -> e.kept != null).count();
  }

  /**
   * Photo i, not to be changed.
   *
   * @throws UncheckedIOException if it has to be decoded again and cannot, or now has another size
   */
  public BytePixels photo(int i) {
    Entry entry = entries.get(i);
    if (entry.kept != null) {
      return entry.kept;
    }
    try {
      BytePixels photo = read(decoder, entry.file);
      if (photo.width() != entry.width || photo.height() != entry.height) {
        throw new IOException(entry.file + ": " + photo.width() + "x" + photo.height() + " now, was "
            + entry.width + "x" + entry.height + " when training began");
      }
      return photo;
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private static BytePixels read(Decoder decoder, Path file) throws IOException {
    BytePixels photo = decoder.decode(file);
    if (photo.channels() != 3) {
      throw new IOException(file + ": " + photo.channels() + " channels, expected 3 (RGB)");
    }
    return photo;
  }

  private static BytePixels wait(Future<BytePixels> decoded, Path file) throws IOException {
    try {
      return decoded.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while reading " + file, e);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException cause -> throw cause;
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        default -> throw new IOException(file + ": " + e.getCause().getMessage(), e.getCause());
      }
    }
  }
}
