package io.github.tsdsr.train;

import io.github.tsdsr.autograd.optim.Schedule;
import io.github.tsdsr.data.ColourAugmentation;
import io.github.tsdsr.data.CropSampler;
import io.github.tsdsr.data.PhotoCrops;
import io.github.tsdsr.data.PhotoLibrary;
import io.github.tsdsr.data.Range;
import io.github.tsdsr.data.SimpleDegradation;
import io.github.tsdsr.data.ValidationSet;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A training run as its configuration file describes it. */
public final class Trainer {
  private static final long PHOTO_BYTES = 2L << 30;
  private static final int VALIDATION_SIZE = 512;
  /** Validation crops are degraded under this seed, whatever the run's. */
  static final long VALIDATION_SEED = 1;

  /** What every mode has in common. */
  record Common(long seed, PhotoCrops crops, List<ValidationSet.Crop> validation, Path folder, int loaders) {}

  private final Backend backend;
  private final Config config;
  private final Path base;

  /**
   * @param base the folder that paths in the configuration are relative to
   */
  public Trainer(Backend backend, Config config, Path base) {
    this.backend = backend;
    this.config = config;
    this.base = base;
  }

  /**
   * Trains to the end, or until the thread is interrupted; then the state of that moment is saved.
   *
   * @param resume go on from the run's latest checkpoint
   * @param progress one line after each step
   */
  public void run(boolean resume, Consumer<String> progress) throws IOException, InterruptedException {
    String mode = config.text("mode");
    Common common = common();
    TrainingLoop.Plan plan = new TrainingLoop.Plan(
        common.folder, config.integer("steps"), config.integer("checkpoint_every", 500), config.integer("keep", 2),
        config.integer("validate_every", 0), hashed());
    Optimisation.Settings settings = new Optimisation.Settings(
        config.number("rate"), config.number("floor", 0.02),
        new Schedule.Cosine(config.integer("warmup", 30), plan.steps()), config.number("clip", 1),
        config.number("ema", 0.995));
    try (Scope scope = Scope.on(backend)) {
      Mode made = switch (mode) {
        case "vae" -> new VaeMode(backend, scope, config, common);
        case "student" -> new StudentMode(backend, scope, config, common, base);
        default -> throw new FormatException(config.file(), "key mode: expected vae or student, got " + mode);
      };
      try (made) {
        config.refuseUnread();
        Optimisation optimisation = new Optimisation(scope, settings, made.parameters());
        TrainingLoop.run(backend, scope, made::objective, optimisation, plan, resume, made.listener(progress));
      }
    }
  }

  /** The configuration without what may change between a run's parts. */
  private String hashed() {
    return config.toJson();
  }

  private Common common() throws IOException {
    int crop = config.integer("crop");
    long seed = config.integer("seed", 1);
    int loaders = config.integer("loaders", 1);
    List<Path> files = PhotoLibrary.filesIn(base.resolve(config.text("photos")));
    PhotoLibrary photos = PhotoLibrary.open(files, Pictures::readRgb, crop, PHOTO_BYTES, 2);
    double[] factor = config.range("shrink", 0.4, 1);
    CropSampler.Shrinking shrinks = new CropSampler.Shrinking(
        config.number("shrink_chance", 0), new Range(factor[0], factor[1]));
    CropSampler sampler = new CropSampler(
        crop, 2, shrinks, ColourAugmentation.gentle(config.number("colours", 0)));
    PhotoCrops crops = new PhotoCrops(photos, sampler, seed, config.integer("batch"), files.size());
    return new Common(seed, crops, validation(), base.resolve(config.text("out")), loaders);
  }

  private List<ValidationSet.Crop> validation() throws IOException {
    String folder = config.text("validation", "");
    int perPhoto = config.integer("validation_crops", 1);
    if (folder.isEmpty()) {
      return List.of();
    }
    PhotoLibrary photos = PhotoLibrary.open(
        PhotoLibrary.filesIn(base.resolve(folder)), Pictures::readRgb, VALIDATION_SIZE, PHOTO_BYTES, 2);
    return ValidationSet.of(photos, VALIDATION_SIZE, perPhoto, SimpleDegradation.validation(), VALIDATION_SEED);
  }

  /** One line of a step's values. */
  static String line(long step, long steps, Map<String, Double> values) {
    StringBuilder line = new StringBuilder("step " + step + "/" + steps);
    values.forEach((name, value) -> line.append("  ").append(name).append(' ').append("%.4g".formatted(value)));
    return line.toString();
  }
}
