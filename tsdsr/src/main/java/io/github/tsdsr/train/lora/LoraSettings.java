package io.github.tsdsr.train.lora;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.io.file.Fingerprint;
import io.github.tsdsr.model.AdapterFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Adapters to be trained.
 *
 * @param rank of their matrices
 * @param alpha the adapter is scaled by alpha / rank
 * @param from the file that they begin with; without one they are new
 */
public record LoraSettings(int rank, double alpha, Optional<Path> from) {
  /** The published rank and alpha. */
  private static final int PUBLISHED = 64;

  /**
   * Reads {@code rank}, {@code alpha} and {@code from}.
   *
   * @param base the folder that paths are relative to
   * @param name of the file that is meant where {@code from} names a folder
   * @throws FormatException if a value does not fit, or not the file
   */
  public static LoraSettings of(Config c, Path base, String name) throws IOException {
    Optional<Path> from = c.optionalText("from").map(f -> base.resolve(f).normalize());
    return of(c, from.isPresent() ? Optional.of(fileIn(from.get(), name)) : from);
  }

  /**
   * Reads {@code rank} and {@code alpha}.
   *
   * @param from the file to begin with, whose rank is the default and the only one that fits
   */
  public static LoraSettings of(Config c, Optional<Path> from) throws IOException {
    int rank = c.integer("rank", from.isPresent() ? rankIn(from.get()) : PUBLISHED);
    if (rank < 1) {
      throw c.refused("rank", "at least 1");
    }
    double alpha = c.number("alpha", rank);
    if (!(alpha > 0)) {
      throw c.refused("alpha", "a number above 0");
    }
    LoraSettings settings = new LoraSettings(rank, alpha, Optional.empty());
    return from.isPresent() ? settings.startingFrom(c, from.get()) : settings;
  }

  /**
   * The same with adapters to begin with.
   *
   * @param c what the rank was read from
   * @throws FormatException if the file's adapters have another rank
   */
  public LoraSettings startingFrom(Config c, Path file) throws IOException {
    int found = rankIn(file);
    if (found != rank) {
      throw c.refused("rank", found + ", as the adapters in " + file + " have");
    }
    return new LoraSettings(rank, alpha, Optional.of(file));
  }

  private static int rankIn(Path file) throws IOException {
    try (AdapterFile adapters = AdapterFile.open(file)) {
      return adapters.rank();
    }
  }

  private static Path fileIn(Path from, String name) {
    if (!Files.isDirectory(from)) {
      return from;
    }
    Path file = from.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new FormatException(from.toString(), "no " + name + " here, the adapters to begin with");
    }
    return file;
  }

  /** What adapters are multiplied with. */
  public double scale() {
    return alpha / rank;
  }

  /**
   * The fingerprint of the file that they begin with, under a name for people.
   *
   * @param whose such as "student's"
   */
  public Map<String, String> inputs(String whose) throws IOException {
    return from.isPresent() ? Map.of(whose + " first adapters", Fingerprint.ofFile(from.get())) : Map.of();
  }
}
