package io.github.tsdsr.train.optim;

import io.github.tsdsr.autograd.Gradients;
import io.github.tsdsr.autograd.optim.AdamW;
import io.github.tsdsr.autograd.optim.Clipping;
import io.github.tsdsr.autograd.optim.Ema;
import io.github.tsdsr.autograd.optim.Muon;
import io.github.tsdsr.autograd.optim.Optimiser;
import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The optimisers of one group of parameters, and an average of the parameters that is what the model becomes. */
final class GroupUpdates {
  private static final AdamW.Settings BESIDE_MUON = new AdamW.Settings(0.9, 0.99, 1e-8, 0);
  private static final AdamW.Settings PUBLISHED = new AdamW.Settings(0.9, 0.999, 1e-8, 1e-4);
  private static final double MOMENTUM = 0.95;
  private static final double MUON_DECAY = 0.01;
  private static final int LEAST_SIDE = 16;
  /** Ends of the networks and what modulates them: their rows are no directions of one space. */
  private static final List<String> OUTER = List.of(
      "conv_in", "conv_out", "prompt", "pos_embed", "proj_out", "time_text", "context_embedder", "norm");

  private final Scope scope;
  private final ParameterGroup group;
  private final List<Optimiser> optimisers;
  private final Ema ema;

  GroupUpdates(Scope scope, ParameterGroup group) {
    this.scope = scope;
    this.group = group;
    List<Parameter> all = group.parameters();
    optimisers = switch (group.settings().rule()) {
      case MUON -> List.of(
          new Muon(scope, MOMENTUM, MUON_DECAY, all.stream().filter(GroupUpdates::isInner).toList()),
          new AdamW(scope, BESIDE_MUON, all.stream().filter(p -> !isInner(p)).toList()));
      case ADAMW -> List.of(new AdamW(scope, PUBLISHED, all));
    };
    ema = new Ema(scope, all);
  }

  private static boolean isInner(Parameter p) {
    if (p.value().rank() < 2 || OUTER.stream().anyMatch(p.name()::contains)) {
      return false;
    }
    long rows = p.value().size(0);
    return Math.min(rows, p.value().count() / rows) >= LEAST_SIDE;
  }

  ParameterGroup group() {
    return group;
  }

  Clipping clipping(Gradients gradients) {
    return Clipping.of(scope.backend(), group.parameters(), gradients::of, group.settings().clip());
  }

  void step(long index, Gradients gradients, double factor) {
    double rate = group.settings().rateAt(index);
    optimisers.forEach(o -> o.step(gradients::of, factor, rate));
    ema.update(Math.min(group.settings().emaDecay(), (index + 1.0) / (index + 10.0)));
  }

  void resumeAt(long steps) {
    optimisers.forEach(o -> o.resumeAt(steps));
  }

  Map<String, Tensor> averages() {
    return ema.averages();
  }

  Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    group.parameters().forEach(p -> state.put("parameter." + p.name(), p.value()));
    ema.averages().forEach((name, t) -> state.put("average." + name, t));
    optimisers.forEach(o -> state.putAll(o.state()));
    return state;
  }
}
