package io.github.tsdsr.train.teacher;

import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.model.NetworkConfigs;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.train.FrozenVae;
import io.github.tsdsr.train.Mode;
import io.github.tsdsr.train.Recipe;
import io.github.tsdsr.train.RunSettings;
import io.github.tsdsr.train.TrainingData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Pre-training of a teacher on a frozen autoencoder.
 *
 * @param localStart whether heads begin by looking at neighbouring patches
 * @param promptTokens how many tokens each of the two learned prompts has
 */
public record TeacherRecipe(
    FrozenVae vae, MmDitConfig transformer, boolean localStart, int promptTokens, FlowSettings flow) implements Recipe {
  /** Reads the keys of this mode. */
  public static TeacherRecipe of(Config config, RunSettings settings, Path base) throws IOException {
    FrozenVae vae = FrozenVae.at(base.resolve(config.text("vae")).normalize());
    Config section = config.section("transformer");
    MmDitConfig transformer = NetworkConfigs.transformer(section);
    vae.check(config, section, transformer, settings.crop());
    String start = config.text("start", "local");
    if (!start.equals("local") && !start.equals("plain")) {
      throw config.refused("start", "local or plain");
    }
    int tokens = config.integer("prompt_tokens", 4);
    if (tokens < 1) {
      throw config.refused("prompt_tokens", "at least 1");
    }
    return new TeacherRecipe(
        vae, transformer, start.equals("local"), tokens, FlowSettings.of(config, settings));
  }

  @Override
  public Optional<Boolean> recomputing() {
    return Optional.of(flow.recompute());
  }

  @Override
  public Map<String, String> inputs() throws IOException {
    return vae.inputs();
  }

  @Override
  public Mode open(Backend backend, Scope scope, RunSettings settings, TrainingData data) throws IOException {
    return new TeacherMode(backend, scope, this, settings, data);
  }
}
