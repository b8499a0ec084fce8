package io.github.tsdsr.train.mode;

import io.github.tsdsr.data.Degradation;
import io.github.tsdsr.data.degrade.DegradationConfig;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.config.Config;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Where the pictures of a run are. */
public sealed interface PictureSource {
  /** What only photos can have done to them. */
  List<String> OF_PHOTOS = List.of("degradation", "colours", "shrink", "shrink_chance");

  /** A folder. */
  Path folder();

  /** Plain photos, cropped and, where a mode wants that, degraded while training runs. */
  record Photos(Path folder) implements PictureSource {}

  /**
   * Clean pictures with their degraded ones.
   *
   * @param caches whether the mode uses what is stored beside them
   */
  record Pairs(Path folder, boolean caches) implements PictureSource {}

  /**
   * How clean pictures are made worse: as the configuration says of photos, which shrinks crops evenly; pairs bring their
   * degraded pictures with them.
   *
   * @param crop side of the crops in pixels
   * @throws FormatException if crops do not shrink evenly or a value does not fit
   */
  default Optional<Degradation> degradation(Config c, int crop) {
    return switch (this) {
      case Photos _ -> Optional.of(ofPhotos(c, crop));
      case Pairs _ -> Optional.empty();
    };
  }

  private static Degradation ofPhotos(Config c, int crop) {
    Config section = c.section("degradation");
    Degradation degradation;
    try {
      degradation = DegradationConfig.read(section);
    } catch (IllegalArgumentException e) {
      throw new FormatException(section.file(), "key degradation: " + e.getMessage());
    }
    if (crop % degradation.scale() != 0) {
      throw c.refused("crop", "a multiple of " + degradation.scale() + ", by which photos are made smaller");
    }
    return degradation;
  }

  /**
   * Reads {@code photos} or {@code pairs}.
   *
   * @param base the folder that paths are relative to
   * @throws FormatException if there is neither or are both, or the mode or another key does not go
   *     with pairs
   */
  static PictureSource of(Config c, Path base) {
    if (!c.has("pairs")) {
      return new Photos(base.resolve(c.text("photos")).normalize());
    }
    if (c.has("photos")) {
      throw c.refused("pairs", "either photos or pairs");
    }
    ModeKind mode = ModeKind.of(c);
    if (!mode.adaptsModel() && mode != ModeKind.STUDENT) {
      throw c.refused("pairs", "photos instead: mode " + c.text("mode") + " does not train on pairs");
    }
    for (String key : OF_PHOTOS) {
      if (c.has(key)) {
        throw c.refused(key, "no such key beside pairs, which are taken as they are");
      }
    }
    return new Pairs(base.resolve(c.text("pairs")).normalize(), mode.adaptsModel());
  }
}
