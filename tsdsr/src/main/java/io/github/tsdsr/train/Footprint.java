package io.github.tsdsr.train;

import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.memory.CountingBackend;
import io.github.tsdsr.train.mode.Mode;
import io.github.tsdsr.train.mode.Recipe;
import io.github.tsdsr.train.mode.RunSettings;
import io.github.tsdsr.train.mode.TrainingData;
import io.github.tsdsr.train.mode.Workspace;
import io.github.tsdsr.train.optim.Optimisation;
import io.github.tsdsr.train.optim.ParameterGroup;
import io.github.tsdsr.train.step.Objective;
import io.github.tsdsr.train.step.StepPart;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory of a training in bytes, counted from shapes: a step is run on a backend that computes nothing and takes nothing.
 *
 * @param mapped weights that are read where they lie in files
 * @param trained parameters
 * @param state averages, the optimisers' state, prompts
 * @param parts of a step, by their titles: the most that each takes beside parameters and state, with what others have left
 *     for later ones
 */
public record Footprint(long mapped, long trained, long state, Map<String, Long> parts) {
  private static final String STEP = "losses and gradients";

  /** Hears which part of the step is next, and notes what the one before has taken. */
  private static final class Meter implements TrainingListener {
    private final CountingBackend backend;
    private final Map<String, Long> highest = new LinkedHashMap<>();
    private String part = STEP;

    Meter(CountingBackend backend) {
      this.backend = backend;
      backend.highest();
    }

    @Override
    public void entered(StepPart next) {
      note();
      part = next.title();
    }

    private void note() {
      highest.merge(part, backend.highest(), Math::max);
    }
  }

  /**
   * Of the step that takes the most, with its update.
   *
   * @param step its number
   * @param threads of the backend that will compute
   */
  static Footprint of(Recipe recipe, RunSettings settings, TrainingData data, long step, int threads)
      throws IOException, InterruptedException {
    try (CountingBackend backend = new CountingBackend(threads);
        Workspace workspace = Workspace.on(backend, settings, data)) {
      Mode mode = recipe.open(workspace);
      List<ParameterGroup> groups = mode.groups();
      long trained = groups.stream().flatMap(g -> g.parameters().stream()).map(Parameter::value)
          .mapToLong(t -> t.bytes()).sum();
      Optimisation optimisation = new Optimisation(workspace.scope(), groups);
      long lasting = backend.memory().inUse();
      Meter meter = new Meter(backend);
      try (Objective objective = mode.objective(step, meter);
          Objective.Result result = objective.step(step)) {
        meter.entered(StepPart.UPDATE);
        optimisation.step(step, result.gradients());
        meter.note();
      }
      meter.highest.replaceAll((_, bytes) -> bytes - lasting);
      // A mode that tells its parts does nothing before the first.
      meter.highest.values().removeIf(bytes -> bytes == 0);
      return new Footprint(backend.mapped(), trained, lasting - trained, meter.highest);
    }
  }

  /** The most bytes of tensors at any time, without what is mapped. */
  public long peak() {
    return trained + state + parts.values().stream().mapToLong(Long::longValue).max().orElse(0);
  }
}
