package io.github.tsdsr.train.teacher;

import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.train.lora.LoraSettings;
import io.github.tsdsr.train.lora.TrainedAdapters;
import io.github.tsdsr.train.mode.Mode;
import io.github.tsdsr.train.mode.Recipe;
import io.github.tsdsr.train.mode.RunSettings;
import io.github.tsdsr.train.mode.Workspace;
import io.github.tsdsr.train.network.BaseModel;
import io.github.tsdsr.train.network.FrozenVae;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Training of adapters on a teacher by the diffusion loss.
 *
 * @param model frozen
 * @param vae the model's
 * @param lora the adapters
 */
public record TeacherLoraRecipe(BaseModel model, FrozenVae vae, LoraSettings lora, FlowSettings flow)
    implements Recipe {
  /** Reads the keys of this mode. */
  public static TeacherLoraRecipe of(Config config, RunSettings settings, Path base) throws IOException {
    BaseModel model = BaseModel.at(base.resolve(config.text("model")).normalize());
    FrozenVae vae = model.vae();
    vae.checkCrop(config, model.transformer(), settings.crop());
    LoraSettings lora = LoraSettings.of(config.section("lora"), base, TrainedAdapters.TRANSFORMER);
    return new TeacherLoraRecipe(model, vae, lora, FlowSettings.of(config, settings));
  }

  @Override
  public Optional<Boolean> recomputing() {
    return Optional.of(flow.recompute());
  }

  @Override
  public Map<String, String> inputs() throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    all.putAll(vae.inputs());
    all.putAll(model.inputs("model's", "weights"));
    all.putAll(lora.inputs("teacher's"));
    return all;
  }

  @Override
  public Mode open(Workspace workspace) throws IOException {
    return new TeacherMode(workspace, flow, new AdaptedTeacher(workspace, this));
  }
}
