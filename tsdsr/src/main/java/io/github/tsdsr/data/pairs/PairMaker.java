package io.github.tsdsr.data.pairs;

import io.github.tsdsr.data.ColourAugmentation;
import io.github.tsdsr.data.CropSampler;
import io.github.tsdsr.data.Degradation;
import io.github.tsdsr.data.GridCells;
import io.github.tsdsr.data.PhotoLibrary;
import io.github.tsdsr.data.RandomStream;
import io.github.tsdsr.infer.resize.PillowFilter;
import io.github.tsdsr.infer.resize.PillowResize;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.file.FolderLock;
import io.github.tsdsr.io.image.ImageFormat;
import io.github.tsdsr.io.image.Images;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.pixel.RowLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;

/**
 * Writes a training set from plain photos: square crops, each with its degraded picture at the same size. What is there
 * already is left as it is, files appear whole or not at all, and every byte follows from photos and settings: a set whose
 * making was killed is finished by making it again.
 */
public final class PairMaker {
  private static final long PHOTO_BYTES = 2L << 30;

  /** Which crops are taken. */
  public sealed interface Selection {
    /**
     * Of every photo the cells of a grid, most detailed first. Photos can be added later; no pair changes.
     *
     * @param perPhoto at most so many
     */
    record Grid(int perPhoto) implements Selection {}

    /** So many crops as training on the fly draws them: the more detailed of two random ones, turned and mirrored. */
    record Drawn(int count) implements Selection {}
  }

  /**
   * What is made.
   *
   * @param crop the side of the crops, a multiple of the degradation's scale
   */
  public record Settings(int crop, Selection selection, Degradation degradation, long seed) {
    public Settings {
      if (crop < 1 || crop % degradation.scale() != 0) {
        throw new IllegalArgumentException("crops of " + crop + ": expected a multiple of " + degradation.scale()
            + ", by which they are made smaller");
      }
      int count = switch (selection) {
        case Selection.Grid(int perPhoto) -> perPhoto;
        case Selection.Drawn(int drawn) -> drawn;
      };
      if (count < 1) {
        throw new IllegalArgumentException(count + " crops: expected at least 1");
      }
    }
  }

  /** Hears how it is getting on, from several threads. */
  public interface Listener {
    /** Of so many photos or crops so many are done. */
    void progress(int done, int all);

    /** A photo gives no pair, because it is too small or, where this is a failure, cannot be read. */
    void leftOut(Path photo, String reason, boolean failure);
  }

  /**
   * What has been done.
   *
   * @param pairs how many the settings ask for
   * @param written how many of them were not there before
   */
  public record Result(int pairs, int written) {}

  private final Path set;
  private final Settings settings;
  private final Listener listener;
  private final AtomicInteger pairs = new AtomicInteger();
  private final AtomicInteger written = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();

  private PairMaker(Path set, Settings settings, Listener listener) {
    this.set = set;
    this.settings = settings;
    this.listener = listener;
  }

  /**
   * Makes what is missing of a set. An interrupt of the thread ends it with a CancellationException.
   *
   * @param photos folder of the photos
   * @param set is made where it is not there
   * @param threads how many crops are worked on at a time
   * @throws FormatException if the set was begun with other settings or another process writes it, or there are no photos
   * @throws IOException if a file cannot be written
   */
  public static Result make(Path photos, Path set, Settings settings, int threads, Listener listener)
      throws IOException {
    List<Path> files = PhotoLibrary.filesIn(photos);
    Files.createDirectories(set);
    try (FolderLock _ = FolderLock.take(set).orElseThrow(
        () -> new FormatException(set.toString(), "another process writes in this folder"))) {
      PairMaker maker = new PairMaker(set, settings, listener);
      try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
        maker.make(files, threads, RowLoop.on(pool, threads));
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
      return new Result(maker.pairs.get(), maker.written.get());
    }
  }

  private void make(List<Path> files, int threads, RowLoop loop) throws IOException {
    switch (settings.selection) {
      case Selection.Grid(int perPhoto) -> {
        Map<Path, String> names = names(files);
        begin("grid");
        each(files.size(), threads, loop, i -> grid(files.get(i), names.get(files.get(i)), perPhoto));
      }
      case Selection.Drawn(int count) -> {
        PhotoLibrary library = PhotoLibrary.open(files, Pictures::readRgb, settings.crop, PHOTO_BYTES, threads,
            (file, problem) -> listener.leftOut(file, problem.getMessage(), true));
        begin("drawn from " + fingerprint(library));
        CropSampler sampler = CropSampler.ofTwo(settings.crop, ColourAugmentation.none());
        each(count, threads, loop, i -> drawn(library, sampler, i));
      }
    }
  }

  private void begin(String crops) throws IOException {
    Map<String, String> noted = new LinkedHashMap<>();
    noted.put("crop", Integer.toString(settings.crop));
    noted.put("crops", crops);
    noted.put("seed", Long.toString(settings.seed));
    noted.put("degradation", settings.degradation.toString());
    PairManifest.agree(set, noted);
    for (String folder : List.of(PairLayout.CLEAN, PairLayout.DEGRADED)) {
      Files.createDirectories(set.resolve(folder));
      FolderLock.removeTemporary(set.resolve(folder), 1);
    }
  }

  /** The pairs of a photo are called by its name less the ending, which therefore must be its alone. */
  private static Map<Path, String> names(List<Path> files) {
    Map<Path, String> names = new HashMap<>();
    Map<String, Path> fileOf = new HashMap<>();
    for (Path file : files) {
      String name = file.getFileName().toString();
      String stem = name.substring(0, name.lastIndexOf('.'));
      Path other = fileOf.putIfAbsent(stem, file);
      if (other != null) {
        throw new FormatException(file.toString(), "the name of " + other.getFileName() + " but for the ending");
      }
      names.put(file, stem);
    }
    return names;
  }

  private static String fingerprint(PhotoLibrary photos) {
    CRC32 crc = new CRC32();
    for (int i = 0; i < photos.size(); i++) {
      String line = photos.file(i).getFileName() + " " + photos.width(i) + "x" + photos.height(i) + "\n";
      crc.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return String.format(Locale.ROOT, "%d photos, %08x", photos.size(), crc.getValue());
  }

  /** A photo or a crop. */
  private interface Unit {
    void make(int i) throws IOException;
  }

  private void each(int count, int threads, RowLoop loop, Unit unit) {
    AtomicInteger next = new AtomicInteger();
    loop.over(threads, (_, _) -> {
      for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
        boolean good = false;
        try {
          unit.make(i);
          good = true;
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        } finally {
          // After a failure the others need not begin another one.
          if (!good) {
            next.set(count);
          }
        }
        listener.progress(done.incrementAndGet(), count);
      }
    });
  }

  private void grid(Path file, String stem, int perPhoto) throws IOException {
    BytePixels photo;
    try {
      photo = Pictures.readRgb(file);
    } catch (IOException | FormatException e) {
      listener.leftOut(file, e.getMessage(), true);
      return;
    }
    List<GridCells.Cell> cells = GridCells.of(photo, settings.crop);
    if (cells.isEmpty()) {
      listener.leftOut(
          file, photo.width() + "x" + photo.height() + ", smaller than " + settings.crop + "x" + settings.crop, false);
    }
    for (GridCells.Cell cell : cells.subList(0, Math.min(perPhoto, cells.size()))) {
      String name = stem + "_" + cell.x() + "_" + cell.y();
      if (isMissing(name)) {
        write(name, photo.crop(cell.x(), cell.y(), settings.crop, settings.crop),
            RandomStream.named(settings.seed, name));
      }
    }
  }

  private void drawn(PhotoLibrary photos, CropSampler sampler, int i) throws IOException {
    String name = String.format(Locale.ROOT, "%06d", i);
    if (isMissing(name)) {
      // Crop and degradation have one stream, as when they are made while training runs.
      RandomStream random = RandomStream.of(settings.seed, 0, i);
      write(name, sampler.draw(photos, random), random);
    }
  }

  private boolean isMissing(String name) {
    pairs.incrementAndGet();
    return !Files.isRegularFile(PairLayout.clean(set, name)) || !Files.isRegularFile(PairLayout.degraded(set, name));
  }

  private void write(String name, BytePixels clean, RandomStream random) throws IOException {
    BytePixels small = settings.degradation.degrade(clean, random);
    BytePixels degraded =
        PillowResize.resize(small, clean.width(), clean.height(), PillowFilter.BICUBIC, RowLoop.serial());
    Images.write(Pictures.image(clean), PairLayout.clean(set, name), ImageFormat.PNG);
    Images.write(Pictures.image(degraded), PairLayout.degraded(set, name), ImageFormat.PNG);
    written.incrementAndGet();
  }
}
