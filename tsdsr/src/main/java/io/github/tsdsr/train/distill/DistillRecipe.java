package io.github.tsdsr.train.distill;

import io.github.tsdsr.data.Degradation;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.io.file.Fingerprint;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.train.lora.LoraSettings;
import io.github.tsdsr.train.lora.TrainedAdapters;
import io.github.tsdsr.train.mode.Mode;
import io.github.tsdsr.train.mode.Recipe;
import io.github.tsdsr.train.mode.RunSettings;
import io.github.tsdsr.train.mode.Workspace;
import io.github.tsdsr.train.network.BaseModel;
import io.github.tsdsr.train.network.FrozenVae;
import io.github.tsdsr.train.optim.UpdateSettings;
import io.github.tsdsr.train.tsd.DistillationRules;
import io.github.tsdsr.train.tsd.DistributionAwareSampling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Distillation of a one-step student from a teacher.
 *
 * @param teacher a model with both prompts
 * @param teacherLora adapters of the teacher's own, if it has any
 * @param student the model that the student starts from; the teacher if it names no other
 * @param vae the teacher's
 * @param firstLevels least and largest index of a trajectory's first level
 * @param bias most indices by which a trajectory's end is moved at random
 * @param lpips files of LPIPS' weights; none for a perceptual loss in the frozen encoder's features
 * @param perceptualShift most pixels by which the window that the perceptual loss sees moves; it is so much smaller than a crop
 * @param parts in how many a batch goes through
 * @param recompute whether the student computes its blocks again in the backward pass
 * @param degradation of photos
 */
public record DistillRecipe(
    BaseModel teacher, Optional<Path> teacherLora, BaseModel student, FrozenVae vae, StudentAdapters studentAdapters,
    LoraSettings loraModel, UpdateSettings loraUpdates, DistillationRules rules, PhasePlan phases, int[] firstLevels,
    int bias, List<Path> lpips, int perceptualShift, int parts, boolean recompute, Optional<Degradation> degradation,
    int crop,
    int tileOverlap)
    implements Recipe {
  private static final int LEVELS = 1000;

  /** Reads the keys of this mode. */
  public static DistillRecipe of(Config c, RunSettings settings, Path base) throws IOException {
    BaseModel teacher = BaseModel.at(base.resolve(c.text("teacher")).normalize());
    BaseModel student = BaseModel.at(base.resolve(c.text("student", c.text("teacher"))).normalize());
    FrozenVae vae = teacher.vae();
    MmDitConfig studentTransformer = student.transformer();
    int crop = settings.crop();
    vae.checkCrop(c, studentTransformer, crop);
    if (studentTransformer.inChannels() != vae.config().latentChannels()) {
      throw c.refused("student", "a transformer for latents of " + vae.config().latentChannels() + " channels");
    }
    DistillationRules rules = RulesConfig.read(c);
    DistributionAwareSampling sampling = sampling(c);
    int bias = least(c, "bias", c.integer("bias", RulesConfig.isProgram(c) ? sampling.stride() / 2 : 0), 0);
    if (bias >= sampling.stride()) {
      throw c.refused("bias", "less than the stride, " + sampling.stride());
    }
    int parts = least(c, "parts", c.integer("parts", 1), 1);
    if (settings.batch() % parts != 0) {
      throw c.refused("parts", "a divisor of the batch, " + settings.batch());
    }
    int shift = least(c, "perceptual_shift", c.integer("perceptual_shift", 0), 0);
    if (shift % vae.config().factor() != 0 || shift >= crop) {
      throw c.refused("perceptual_shift",
          "a multiple of " + vae.config().factor() + ", the autoencoder's factor, below "
              + crop + ", a crop");
    }
    int tile = crop / vae.config().factor();
    int overlap = least(c, "tile_overlap", c.integer("tile_overlap", tile / 4), 0);
    if (overlap >= tile) {
      throw c.refused("tile_overlap", "0 to " + (tile - 1) + ", less than a tile");
    }
    Config loraModel = c.section("lora_model");
    return new DistillRecipe(
        teacher, c.optionalText("teacher_lora").map(f -> base.resolve(f).normalize()), student, vae,
        StudentAdapters.of(c, base), LoraSettings.of(loraModel, base, TrainedAdapters.LORA_MODEL),
        loraUpdates(loraModel, settings.optimisation()), rules,
        phases(c, settings.steps(), sampling), firstLevels(c), bias,
        c.texts("lpips").stream().map(f -> base.resolve(f).normalize()).toList(), shift, parts,
        c.flag("recompute", false),
        settings.pictures().degradation(c, crop), crop, overlap);
  }

  private static UpdateSettings loraUpdates(Config c, UpdateSettings student) {
    double rate = c.number("rate", student.rate() / 5);
    if (!(rate > 0)) {
      throw c.refused("rate", "a number above 0");
    }
    return new UpdateSettings(
        UpdateSettings.Rule.ADAMW, rate, student.floor(), student.schedule(), student.clip(), 0);
  }

  private static DistributionAwareSampling sampling(Config c) {
    List<Double> weights = c.numbers("point_weights");
    return new DistributionAwareSampling(
        least(c, "points", c.integer("points", 4), 1),
        least(c, "stride", c.integer("stride", DistributionAwareSampling.PUBLISHED_STRIDE), 1),
        weights.isEmpty() ? DistributionAwareSampling.PUBLISHED_WEIGHTS : weights);
  }

  private static PhasePlan phases(Config c, long steps, DistributionAwareSampling sampling) {
    boolean program = RulesConfig.isProgram(c);
    int first = c.integer("first_phase", Math.toIntExact(steps / 2));
    if (first < 0 || first > steps) {
      throw c.refused("first_phase", "0 to " + steps + ", the steps of the training");
    }
    double[] gamma1 = c.range("gamma1", 1, program ? 1 : 2);
    if (!(gamma1[0] >= 0 && gamma1[1] >= 0)) {
      throw c.refused("gamma1", "a weight of at least 0, or two");
    }
    int firstPoints = least(c, "first_points", c.integer("first_points", program ? sampling.points() : 1), 1);
    PhasePlan.Mse mse = switch (c.text("mse", program ? "always" : "first")) {
      case "first" -> PhasePlan.Mse.FIRST;
      case "always" -> PhasePlan.Mse.ALWAYS;
      case "never" -> PhasePlan.Mse.NEVER;
      default -> throw c.refused("mse", "first, always or never");
    };
    return new PhasePlan(first, steps, gamma1[0], gamma1[1], firstPoints, sampling, mse);
  }

  private static int[] firstLevels(Config c) {
    double[] range = c.range("first_levels", 50, LEVELS - 51);
    int[] levels = {(int) range[0], (int) range[1]};
    if (levels[0] != range[0] || levels[1] != range[1] || levels[0] < 0 || levels[1] < levels[0]
        || levels[1] > LEVELS - 2) {
      throw c.refused("first_levels", "two indices from 0 to " + (LEVELS - 2) + ", lower one first");
    }
    return levels;
  }

  private static int least(Config c, String key, int value, int least) {
    if (value < least) {
      throw c.refused(key, "at least " + least);
    }
    return value;
  }

  @Override
  public Optional<Boolean> recomputing() {
    return Optional.of(recompute);
  }

  @Override
  public Map<String, String> inputs() throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    all.putAll(vae.inputs());
    all.putAll(teacher.inputs("teacher's", "weights"));
    all.putAll(student.inputs("student's", "first weights"));
    all.putAll(studentAdapters.inputs());
    all.putAll(loraModel.inputs("LoRA model's"));
    if (teacherLora.isPresent() && Files.isDirectory(teacherLora.get())) {
      all.put("teacher's adapters", Fingerprint.ofFolder(teacherLora.get()));
    }
    for (Path file : lpips) {
      all.put("LPIPS' weights " + file.getFileName(), Fingerprint.ofFile(file));
    }
    return all;
  }

  @Override
  public Mode open(Workspace workspace) throws IOException {
    return new DistillMode(workspace, this);
  }
}
