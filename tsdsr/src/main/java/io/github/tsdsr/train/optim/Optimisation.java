package io.github.tsdsr.train.optim;

import io.github.tsdsr.autograd.Gradients;
import io.github.tsdsr.autograd.optim.Clipping;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.train.step.TrainingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How parameters are updated, group by group: each clipped on its own, with its own rate and optimisers.
 */
public final class Optimisation {
  private final List<GroupUpdates> groups;

  /**
   * @param scope owns averages and the optimisers' state
   */
  public Optimisation(Scope scope, List<ParameterGroup> groups) {
    this.groups = groups.stream().map(g -> new GroupUpdates(scope, g)).toList();
  }

  /**
   * Updates the parameters.
   *
   * @return each group's {@code norm} before clipping and {@code rate}, with the group's name added but for the first
   * @throws TrainingException if a gradient is not finite; then nothing is changed
   */
  public Map<String, Double> step(long index, Gradients gradients) {
    List<Clipping> clippings = new ArrayList<>();
    for (GroupUpdates g : groups) {
      Clipping clipping = g.clipping(gradients);
      clipping.firstNonFinite().ifPresent(name -> {
        throw new TrainingException("step " + index + ": the gradient of " + name
            + " is not finite; a lower rate may help");
      });
      clippings.add(clipping);
    }
    Map<String, Double> outcome = new LinkedHashMap<>();
    for (int i = 0; i < groups.size(); i++) {
      GroupUpdates g = groups.get(i);
      g.step(index, gradients, clippings.get(i).factor());
      String end = g.group().name().isEmpty() ? "" : "_" + g.group().name();
      outcome.put("norm" + end, clippings.get(i).norm());
      outcome.put("rate" + end, g.group().settings().rateAt(index));
    }
    return outcome;
  }

  /** Continues after a number of steps. */
  public void resumeAt(long steps) {
    groups.forEach(g -> g.resumeAt(steps));
  }

  /** The averaged parameters of all groups by name. */
  public Map<String, Tensor> averages() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    groups.forEach(g -> all.putAll(g.averages()));
    return all;
  }

  /** Everything that a checkpoint holds, by name. */
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    groups.forEach(g -> state.putAll(g.state()));
    return state;
  }
}
