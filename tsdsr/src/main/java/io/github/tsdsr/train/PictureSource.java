package io.github.tsdsr.train;

import io.github.tsdsr.io.config.Config;
import java.nio.file.Path;
import java.util.List;

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
   * Reads {@code photos} or {@code pairs}.
   *
   * @param base the folder that paths are relative to
   * @throws io.github.tsdsr.io.FormatException if there is neither or are both, or the mode or another key does not go
   *     with pairs
   */
  static PictureSource of(Config c, Path base) {
    if (!c.has("pairs")) {
      return new Photos(base.resolve(c.text("photos")).normalize());
    }
    if (c.has("photos")) {
      throw c.refused("pairs", "either photos or pairs");
    }
    String mode = c.text("mode");
    boolean adapts = Trainer.adaptsModel(c);
    if (!adapts && !mode.equals("student")) {
      throw c.refused("pairs", "photos instead: mode " + mode + " does not train on pairs");
    }
    for (String key : OF_PHOTOS) {
      if (c.has(key)) {
        throw c.refused(key, "no such key beside pairs, which are taken as they are");
      }
    }
    return new Pairs(base.resolve(c.text("pairs")).normalize(), adapts);
  }
}
