package io.github.tsdsr.sd3;

import io.github.tsdsr.tensor.Layout;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Which modules the adapters of TSD-SR's published files are on, by role. */
public enum LoraTargets {
  /**
   * The student's transformer, and a teacher's: projections of the attention, patches, modulation, the MLPs' first layers, the
   * output.
   */
  STUDENT {
    @Override
    boolean has(String module, Layout weight) {
      return ATTENTION.contains(last(module)) || module.endsWith(OUT) || OTHERS.contains(last(module));
    }
  },
  /** The LoRA model's transformer: projections of the attention alone. */
  LORA_MODEL {
    @Override
    boolean has(String module, Layout weight) {
      return ATTENTION.contains(last(module)) || module.endsWith(OUT);
    }
  },
  /** The student's encoder: all its convolutions and its attention. */
  ENCODER {
    @Override
    boolean has(String module, Layout weight) {
      return module.startsWith("encoder.") && (weight.rank() == 4 || LORA_MODEL.has(module, weight));
    }
  };

  private static final Set<String> ATTENTION =
      Set.of("to_q", "to_k", "to_v", "add_q_proj", "add_k_proj", "add_v_proj");
  private static final String OUT = "to_out.0";
  private static final Set<String> OTHERS = Set.of("proj", "linear", "proj_out");
  private static final String WEIGHT = ".weight";

  private static String last(String module) {
    return module.substring(module.lastIndexOf('.') + 1);
  }

  /** Whether this role has an adapter on a module with this weight. */
  abstract boolean has(String module, Layout weight);

  /**
   * Names and shapes of the adapters' matrices for a network.
   *
   * @param weights the network's, such as {@link WeightPlan#shapes}
   * @param rank of all adapters
   */
  public Map<String, Layout> shapes(Map<String, Layout> weights, int rank) {
    Map<String, Layout> all = new LinkedHashMap<>();
    weights.forEach((name, layout) -> {
      if (name.endsWith(WEIGHT) && layout.rank() >= 2) {
        String module = name.substring(0, name.length() - WEIGHT.length());
        if (has(module, layout)) {
          long[] a = layout.shape();
          long[] b = layout.shape();
          a[0] = rank;
          b[1] = rank;
          for (int axis = 2; axis < b.length; axis++) {
            b[axis] = 1;
          }
          all.put(LoraSet.names(module).getKey(), Layout.contiguous(a));
          all.put(LoraSet.names(module).getValue(), Layout.contiguous(b));
        }
      }
    });
    return all;
  }
}
