package io.github.tsdsr.train;

import io.github.tsdsr.autograd.Grads;
import io.github.tsdsr.autograd.optim.AdamW;
import io.github.tsdsr.autograd.optim.Clipping;
import io.github.tsdsr.autograd.optim.Ema;
import io.github.tsdsr.autograd.optim.Muon;
import io.github.tsdsr.autograd.optim.Optimiser;
import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.autograd.optim.Schedule;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How parameters are updated: Muon on the inner matrices and kernels, AdamW on the rest, one schedule, joint clipping, and an
 * average of the parameters that is what the model becomes.
 */
final class Optimisation {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.99;
  private static final double MOMENTUM = 0.95;
  private static final double MUON_DECAY = 0.01;
  private static final int LEAST_SIDE = 16;
  /** Ends of the networks and what modulates them: their rows are no directions of one space. */
  private static final List<String> OUTER = List.of(
      "conv_in", "conv_out", "prompt", "pos_embed", "proj_out", "time_text", "context_embedder", "norm");

  /**
   * @param rate the learning rate at the schedule's 1
   * @param floor the least fraction of it that remains at the end
   * @param clip the largest joint norm of a step's gradients
   * @param emaDecay how slowly the average follows
   */
  record Settings(double rate, double floor, Schedule schedule, double clip, double emaDecay) {}

  /**
   * How a step went.
   *
   * @param rate its learning rate
   * @param norm of the gradients before clipping
   */
  record Outcome(double rate, double norm) {}

  private final Settings settings;
  private final List<Parameter> parameters;
  private final List<Optimiser> optimisers;
  private final Ema ema;
  private final Scope scope;

  Optimisation(Scope scope, Settings settings, List<Parameter> parameters) {
    this.scope = scope;
    this.settings = settings;
    this.parameters = parameters;
    List<Parameter> inner = parameters.stream().filter(Optimisation::isInner).toList();
    List<Parameter> outer = parameters.stream().filter(p -> !isInner(p)).toList();
    optimisers = List.of(
        new Muon(scope, MOMENTUM, MUON_DECAY, inner),
        new AdamW(scope, new AdamW.Settings(BETA1, BETA2, 1e-8, 0), outer));
    ema = new Ema(scope, parameters);
  }

  private static boolean isInner(Parameter p) {
    if (p.value().rank() < 2 || OUTER.stream().anyMatch(p.name()::contains)) {
      return false;
    }
    long rows = p.value().size(0);
    return Math.min(rows, p.value().count() / rows) >= LEAST_SIDE;
  }

  /**
   * Updates the parameters.
   *
   * @throws TrainingException if a gradient is not finite; then nothing is changed
   */
  Outcome step(long index, Grads grads) {
    Clipping clipping = Clipping.of(scope.backend(), parameters, grads::of, settings.clip);
    double rate = settings.rate * (settings.floor + (1 - settings.floor) * settings.schedule.at(index));
    clipping.firstNonFinite().ifPresent(name -> {
      throw new TrainingException("step " + index + ": the gradient of " + name
          + " is not finite; a lower rate may help");
    });
    optimisers.forEach(o -> o.step(grads::of, clipping.factor(), rate));
    ema.update(Math.min(settings.emaDecay, (index + 1.0) / (index + 10.0)));
    return new Outcome(rate, clipping.norm());
  }

  /** Continues after a number of steps. */
  void resumeAt(long steps) {
    optimisers.forEach(o -> o.resumeAt(steps));
  }

  /** The averaged parameters by name. */
  Map<String, Tensor> averages() {
    return ema.averages();
  }

  /** Everything that a checkpoint holds, by name. */
  Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    parameters.forEach(p -> state.put("parameter." + p.name(), p.value()));
    ema.averages().forEach((name, t) -> state.put("average." + name, t));
    optimisers.forEach(o -> state.putAll(o.state()));
    return state;
  }
}
