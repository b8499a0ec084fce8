package io.github.tsdsr.train.distill;

import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.sd3.Guidance;
import io.github.tsdsr.train.diffusion.DiffusionLoss;
import io.github.tsdsr.train.diffusion.LevelWeighting;
import io.github.tsdsr.train.tsd.DistillationRules;
import java.util.Locale;

/** Reads {@link DistillationRules} from a configuration: the paper's or the program's, and what is to differ from them. */
final class RulesConfig {
  private RulesConfig() {}

  static boolean isProgram(Config c) {
    String rules = c.text("rules", "paper");
    if (!rules.equals("paper") && !rules.equals("program")) {
      throw c.refused("rules", "paper or program");
    }
    return rules.equals("program");
  }

  static DistillationRules read(Config c) {
    DistillationRules base = isProgram(c) ? DistillationRules.program() : DistillationRules.paper();
    double lambda = c.number("lambda", base.lambda());
    if (!(lambda >= 0 && lambda <= 1)) {
      throw c.refused("lambda", "a number from 0 (TSM alone) to 1 (VSD alone)");
    }
    double gamma2 = c.number("gamma2", base.gamma2());
    if (!(gamma2 >= 0)) {
      throw c.refused("gamma2", "a weight of at least 0");
    }
    return new DistillationRules(
        base.samplePosterior(), base.sharedLevels(), base.clampPicture(), lambda,
        new Guidance(c.number("guidance", base.guidance().scale()), c.flag("guidance_batched", true)),
        gamma2, loss(c, base));
  }

  private static DiffusionLoss loss(Config c, DistillationRules base) {
    String name = c.text("lora_loss", "");
    boolean perSample = c.flag("lora_loss_per_sample", true);
    if (name.isEmpty()) {
      return base.loraLoss();
    }
    if (name.equals("velocity")) {
      return new DiffusionLoss.Velocity();
    }
    for (LevelWeighting w : LevelWeighting.values()) {
      if (w.name().toLowerCase(Locale.ROOT).equals(name)) {
        return new DiffusionLoss.Denoised(w, perSample);
      }
    }
    throw c.refused("lora_loss", "velocity, sigma_sqrt, logit_normal or mode");
  }
}
