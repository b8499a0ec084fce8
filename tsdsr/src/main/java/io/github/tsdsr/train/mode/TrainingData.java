package io.github.tsdsr.train.mode;

import io.github.tsdsr.data.Degradation;
import io.github.tsdsr.data.Enlargement;
import io.github.tsdsr.data.PairSource;
import io.github.tsdsr.data.PhotoCrops;
import io.github.tsdsr.data.PhotoLibrary;
import io.github.tsdsr.data.PhotoPairs;
import io.github.tsdsr.data.SimpleDegradation;
import io.github.tsdsr.data.ValidationSet;
import io.github.tsdsr.data.pairs.PairCrops;
import io.github.tsdsr.data.pairs.PairFolder;
import io.github.tsdsr.data.pairs.PairFolder.Cache;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.train.validation.ValidationPhotos;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.CRC32;

/**
 * The pictures of a run.
 *
 * @param pictures to train on
 * @param seed of the run
 * @param loaders threads that prepare batches
 * @param validation what is measured on
 */
public record TrainingData(
    Content pictures, long seed, int loaders, ValidationPhotos validation) {
  /** What is trained on. */
  public sealed interface Content {
    /** Photos of which crops are taken. */
    record Photos(PhotoCrops crops) implements Content {}

    /**
     * Pairs of which crops are taken.
     *
     * @param caches what is read with them
     */
    record Pairs(PairFolder set, int crop, int batch, Set<Cache> caches) implements Content {}
  }

  private static final long PHOTO_BYTES = 2L << 30;
  private static final int DECODERS = 2;

  /**
   * Reads the photos of both folders, or looks at the pairs.
   *
   * @param notes hears of training photos that are left out, because they are too small or cannot be read
   * @throws FormatException if pairs are not complete, of several sizes or smaller than the crop
   * @throws IOException if a validation photo or a pair cannot be read
   */
  public static TrainingData open(RunSettings settings, Consumer<String> notes) throws IOException {
    Content pictures = switch (settings.pictures()) {
      case PictureSource.Photos(Path folder) -> photos(settings, folder, notes);
      case PictureSource.Pairs(Path folder, boolean caches) -> pairs(settings, folder, caches);
    };
    List<ValidationSet.Crop> crops = settings.validation().isEmpty()
        ? List.of()
        : ValidationSet.standard(
            settings.validation().get(), settings.validationCrops(), SimpleDegradation.validation());
    return new TrainingData(
        pictures, settings.seed(), settings.loaders(), new ValidationPhotos(crops, settings.validationLpips()));
  }

  private static Content photos(RunSettings settings, Path folder, Consumer<String> notes) throws IOException {
    List<Path> files = PhotoLibrary.filesIn(folder);
    Skipped skipped = new Skipped(notes);
    PhotoLibrary photos = library(folder, files, settings.crop(), skipped::unreadable);
    skipped.report(files.size(), photos.size(), settings.crop());
    return new Content.Photos(
        new PhotoCrops(photos, settings.sampler(), settings.seed(), settings.batch(), files.size()));
  }

  private static Content pairs(RunSettings settings, Path folder, boolean caches) throws IOException {
    PairFolder set = caches ? PairFolder.open(folder) : PairFolder.withoutCaches(folder);
    int crop = settings.crop();
    if (Math.min(set.width(), set.height()) < crop) {
      throw new FormatException(folder.toString(),
          "pictures of " + set.width() + "x" + set.height() + ", expected at least " + crop + "x" + crop + ", a crop");
    }
    if (set.has(Cache.PROMPTS) != set.has(Cache.POOLED)) {
      throw new FormatException(folder.toString(), "expected both prompt_embeds/ and pool_embeds/, or neither");
    }
    Set<Cache> used = EnumSet.noneOf(Cache.class);
    for (Cache cache : Cache.values()) {
      // A latent is a whole picture's.
      if (set.has(cache) && (cache != Cache.LATENTS || set.isWhole(crop))) {
        used.add(cache);
      }
    }
    return new Content.Pairs(set, crop, settings.batch(), used);
  }

  private static PhotoLibrary library(Path folder, List<Path> files, int least, PhotoLibrary.Unreadable unreadable)
      throws IOException {
    try {
      return PhotoLibrary.open(files, Pictures::readRgb, least, PHOTO_BYTES, DECODERS, unreadable);
    } catch (IllegalArgumentException e) {
      throw new FormatException(folder.toString(), e.getMessage());
    }
  }

  /**
   * Crops of photos.
   *
   * @throws IllegalStateException if pairs are trained on
   */
  public PhotoCrops crops() {
    if (pictures instanceof Content.Photos(PhotoCrops crops)) {
      return crops;
    }
    throw new IllegalStateException("pairs, expected photos");
  }

  /**
   * Degraded pictures with clean ones.
   *
   * @param degradation of photos, which must be there for them
   * @param multiple at multiples of which crops of pairs begin
   * @throws IOException if the first file of a cache cannot be read
   */
  public PairSource pairs(Optional<Degradation> degradation, int multiple) throws IOException {
    return switch (pictures) {
      case Content.Photos(PhotoCrops crops) ->
          new PhotoPairs(crops, degradation.orElseThrow(), Enlargement.TORCH_BICUBIC);
      case Content.Pairs(PairFolder set, int crop, int batch, Set<Cache> caches) ->
          new PairCrops(set, seed, batch, crop, multiple, caches);
    };
  }

  /**
   * Clean pictures, of photos in place of degraded ones too.
   *
   * @param multiple at multiples of which crops of pairs begin
   * @throws IOException if the first file of a cache cannot be read
   */
  public PairSource clean(int multiple) throws IOException {
    if (!(pictures instanceof Content.Photos(PhotoCrops crops))) {
      return pairs(Optional.empty(), multiple);
    }
    return index -> {
      PhotoCrops.Batch b = crops.batch(index);
      return new PairSource.Batch(index, b.count(), b.size(), b.clean(), b.clean(), PairSource.Caches.NONE);
    };
  }

  /** How many there are of what, for a reader. */
  public String amount() {
    return switch (pictures) {
      case Content.Photos(PhotoCrops crops) -> crops.photos().size() + " photos";
      case Content.Pairs p -> p.set.size() + " pairs";
    };
  }

  /**
   * Under a name for people, what tells training pictures apart: of photos names, sizes and numbers; of pairs the
   * lengths of their files as well.
   */
  public Map<String, String> fingerprint() throws IOException {
    return switch (pictures) {
      case Content.Photos(PhotoCrops crops) -> Map.of("photos", fingerprint(crops));
      case Content.Pairs p -> Map.of("pairs", p.set.fingerprint(p.caches));
    };
  }

  private static String fingerprint(PhotoCrops crops) {
    PhotoLibrary photos = crops.photos();
    CRC32 crc = new CRC32();
    for (int i = 0; i < photos.size(); i++) {
      String line = photos.file(i).getFileName() + " " + photos.width(i) + "x" + photos.height(i) + "\n";
      crc.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return String.format(Locale.ROOT, "%d of %d files, %08x", photos.size(), crops.epochLength(), crc.getValue());
  }

  /** Photos that are left out. */
  private static final class Skipped {
    private static final int MOST_LINES = 5;

    private final Consumer<String> notes;
    private int unreadable;

    Skipped(Consumer<String> notes) {
      this.notes = notes;
    }

    void unreadable(Path file, Exception e) {
      if (++unreadable <= MOST_LINES) {
        String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        notes.accept("left out: " + (reason.contains(file.toString()) ? reason : file + ": " + reason));
      }
    }

    void report(int files, int used, int crop) {
      if (unreadable > MOST_LINES) {
        notes.accept("left out: " + unreadable + " of " + files + " photos, which cannot be read");
      }
      int small = files - used - unreadable;
      if (small > 0) {
        notes.accept("left out: " + small + " of " + files + " photos, smaller than " + crop + "x" + crop);
      }
    }
  }
}
