package io.github.tsdsr.train.teacher;

import io.github.tsdsr.data.Degradation;
import io.github.tsdsr.data.PairSource;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.train.mode.RunSettings;
import io.github.tsdsr.train.mode.TrainingData;
import java.io.IOException;
import java.util.Optional;

/**
 * What a teacher is shown, whatever of it is trained.
 *
 * @param nullShare how many of the samples are shown under the null prompt
 * @param nullDegraded whether these are degraded, else clean as the others
 * @param degradation of photos, where degraded ones are shown
 * @param parts in how many a batch goes through
 * @param recompute whether blocks are computed again in the backward pass
 * @param sampleSteps of the pictures that validation shows
 * @param guidance of these pictures
 */
public record FlowSettings(
    double nullShare, boolean nullDegraded, Optional<Degradation> degradation, int parts, boolean recompute, int crop,
    int sampleSteps, double guidance) {
  private static final double SHARE = 0.1;

  static FlowSettings of(Config c, RunSettings settings) {
    double share = c.number("null_share", SHARE);
    if (!(share >= 0 && share < 1)) {
      throw c.refused("null_share", "a number from 0 to below 1");
    }
    String shows = c.text("null_shows", "clean");
    if (!shows.equals("clean") && !shows.equals("degraded")) {
      throw c.refused("null_shows", "clean or degraded");
    }
    boolean degraded = shows.equals("degraded");
    Optional<Degradation> degradation =
        degraded ? settings.pictures().degradation(c, settings.crop()) : Optional.empty();
    int parts = c.integer("parts", 1);
    if (parts < 1 || settings.batch() % parts != 0) {
      throw c.refused("parts", "a divisor of the batch, " + settings.batch());
    }
    int steps = c.integer("sample_steps", 20);
    if (steps < 1) {
      throw c.refused("sample_steps", "at least 1");
    }
    return new FlowSettings(
        share, degraded, degradation, parts, c.flag("recompute", false), settings.crop(), steps,
        c.number("guidance", 1));
  }

  /**
   * What the teacher is shown.
   *
   * @param multiple at multiples of which crops of pairs begin
   */
  PairSource pictures(TrainingData data, int multiple) throws IOException {
    return nullDegraded ? data.pairs(degradation, multiple) : data.clean(multiple);
  }

  /** Whether a null prompt is needed. */
  boolean asksNothing() {
    return nullShare > 0 || guidance != 1;
  }
}
