package io.github.tsdsr.train.teacher;

import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.train.mode.Mode;
import io.github.tsdsr.train.mode.Recipe;
import io.github.tsdsr.train.mode.RunSettings;
import io.github.tsdsr.train.mode.Workspace;
import io.github.tsdsr.train.network.TransformerPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Pre-training of a teacher on a frozen autoencoder. */
public record TeacherRecipe(TransformerPlan network, FlowSettings flow) implements Recipe {
  /** Reads the keys of this mode. */
  public static TeacherRecipe of(Config config, RunSettings settings, Path base) throws IOException {
    String start = config.text("start", "local");
    if (!start.equals("local") && !start.equals("plain")) {
      throw config.refused("start", "local or plain");
    }
    return new TeacherRecipe(
        TransformerPlan.of(config, base, settings.crop(), start.equals("local")), FlowSettings.of(config, settings));
  }

  @Override
  public Optional<Boolean> recomputing() {
    return Optional.of(flow.recompute());
  }

  @Override
  public Map<String, String> inputs() throws IOException {
    return network.vae().inputs();
  }

  @Override
  public Mode open(Workspace workspace) throws IOException {
    return new TeacherMode(workspace, flow, new NewTeacher(workspace, this));
  }
}
