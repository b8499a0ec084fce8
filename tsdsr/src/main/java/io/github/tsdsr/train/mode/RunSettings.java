package io.github.tsdsr.train.mode;

import io.github.tsdsr.autograd.optim.Schedule;
import io.github.tsdsr.data.ColourAugmentation;
import io.github.tsdsr.data.CropSampler;
import io.github.tsdsr.data.Range;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.train.optim.UpdateSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the configuration says in every mode.
 *
 * @param pictures to train on
 * @param validation folder of the photos to validate on, if there is one
 * @param validationCrops how many of each
 * @param validationLpips files with the weights of an LPIPS to measure by; may be empty
 * @param folder where the run writes
 * @param sampler how crops of photos are drawn
 * @param loaders threads that prepare batches
 * @param keep how many checkpoints stay
 * @param validateEvery how many steps lie between validations; 0 for none
 */
public record RunSettings(
    long seed, PictureSource pictures, Optional<Path> validation, int validationCrops,
    List<Path> validationLpips, Path folder, long steps,
    int batch,
    CropSampler sampler, int loaders, UpdateSettings optimisation, long checkpointEvery, int keep,
    long validateEvery) {
  /** Of so many crops the one with most detail is taken. */
  private static final int CANDIDATES = 2;

  /**
   * Reads the keys that all modes share.
   *
   * @param base the folder that paths are relative to
   * @throws io.github.tsdsr.io.FormatException naming file, line and key of the first that does not fit
   */
  public static RunSettings of(Config c, Path base) {
    int steps = atLeast(c, "steps", c.integer("steps"), 1);
    String validation = c.text("validation", "");
    return new RunSettings(
        c.integer("seed", 1),
        PictureSource.of(c, base),
        validation.isEmpty() ? Optional.empty() : Optional.of(base.resolve(validation).normalize()),
        atLeast(c, "validation_crops", c.integer("validation_crops", 1), 1),
        c.texts("validation_lpips").stream().map(f -> base.resolve(f).normalize()).toList(),
        base.resolve(c.text("out")).normalize(),
        steps,
        atLeast(c, "batch", c.integer("batch"), 1),
        sampler(c),
        atLeast(c, "loaders", c.integer("loaders", 1), 1),
        optimisation(c, steps),
        atLeast(c, "checkpoint_every", c.integer("checkpoint_every", 500), 1),
        atLeast(c, "keep", c.integer("keep", 2), 1),
        atLeast(c, "validate_every", c.integer("validate_every", 0), 0));
  }

  private static CropSampler sampler(Config c) {
    int crop = atLeast(c, "crop", c.integer("crop"), 1);
    double[] factor = c.range("shrink", 0.4, 1);
    if (!(factor[0] > 0 && factor[0] <= factor[1] && factor[1] <= 1)) {
      throw c.refused("shrink", "two numbers above 0 and up to 1, lower one first");
    }
    return new CropSampler(
        crop, CANDIDATES,
        new CropSampler.Shrinking(
            share(c, "shrink_chance", c.number("shrink_chance", 0)), new Range(factor[0], factor[1])),
        ColourAugmentation.gentle(share(c, "colours", c.number("colours", 0))));
  }

  /** The side of the crops in pixels. */
  public int crop() {
    return sampler.size();
  }

  private static UpdateSettings optimisation(Config c, int steps) {
    return new UpdateSettings(
        rule(c),
        above0(c, "rate", c.number("rate")),
        share(c, "floor", c.number("floor", 0.02)),
        new Schedule.Cosine(atLeast(c, "warmup", c.integer("warmup", 30), 0), steps),
        above0(c, "clip", c.number("clip", 1)),
        share(c, "ema", c.number("ema", 0.995)));
  }

  private static UpdateSettings.Rule rule(Config c) {
    // What is published is trained with AdamW; new networks learn faster with Muon.
    return switch (c.text("optimiser", ModeKind.of(c).adaptsModel() ? "adamw" : "muon")) {
      case "muon" -> UpdateSettings.Rule.MUON;
      case "adamw" -> UpdateSettings.Rule.ADAMW;
      default -> throw c.refused("optimiser", "muon or adamw");
    };
  }

  private static int atLeast(Config c, String key, int value, int least) {
    if (value < least) {
      throw c.refused(key, "at least " + least);
    }
    return value;
  }

  private static double above0(Config c, String key, double value) {
    if (!(value > 0)) {
      throw c.refused(key, "a number above 0");
    }
    return value;
  }

  private static double share(Config c, String key, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw c.refused(key, "a number from 0 to 1");
    }
    return value;
  }
}
