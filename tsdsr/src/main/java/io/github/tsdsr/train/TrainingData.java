package io.github.tsdsr.train;

import io.github.tsdsr.data.PhotoCrops;
import io.github.tsdsr.data.PhotoLibrary;
import io.github.tsdsr.data.ValidationSet;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.pixel.Pictures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.zip.CRC32;

/**
 * The photos of a run.
 *
 * @param seed of the run
 * @param loaders threads that prepare batches
 * @param validation crops to measure on; may be empty
 */
public record TrainingData(PhotoCrops crops, long seed, int loaders, List<ValidationSet.Crop> validation) {
  private static final long PHOTO_BYTES = 2L << 30;
  private static final int DECODERS = 2;

  /**
   * Reads the photos of both folders.
   *
   * @param notes hears of training photos that are left out, because they are too small or cannot be read
   * @throws IOException if a validation photo cannot be read
   */
  static TrainingData open(RunSettings settings, Consumer<String> notes) throws IOException {
    List<Path> files = PhotoLibrary.filesIn(settings.photos());
    Skipped skipped = new Skipped(notes);
    PhotoLibrary photos = library(settings.photos(), files, settings.crop(), skipped::unreadable);
    skipped.report(files.size(), photos.size(), settings.crop());
    PhotoCrops crops =
        new PhotoCrops(photos, settings.sampler(), settings.seed(), settings.batch(), files.size());
    return new TrainingData(crops, settings.seed(), settings.loaders(), settings.validation().isEmpty()
        ? List.of()
        : ValidationSet.standard(settings.validation().get(), settings.validationCrops()));
  }

  private static PhotoLibrary library(Path folder, List<Path> files, int least, PhotoLibrary.Unreadable unreadable)
      throws IOException {
    try {
      return PhotoLibrary.open(files, Pictures::readRgb, least, PHOTO_BYTES, DECODERS, unreadable);
    } catch (IllegalArgumentException e) {
      throw new FormatException(folder.toString(), e.getMessage());
    }
  }

  /** Tells training photos of other names, sizes or numbers apart. */
  String fingerprint() {
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
