package io.github.tsdsr.sd3;

import io.github.tsdsr.autograd.Adapter;
import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.tensor.Layout;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.WeightsException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The adapters of one role under the names of TSD-SR's published files: {@code transformer.<module>.lora_A.weight} and
 * {@code .lora_B.weight}, for the autoencoder's modules too.
 */
public final class LoraSet implements Adapters {
  private static final String PREFIX = "transformer.";
  private static final String A = ".lora_A.weight";
  private static final String B = ".lora_B.weight";

  private final Map<String, Adapter> byModule = new LinkedHashMap<>();

  /**
   * @param names the file's tensor names
   * @param weights its tensors; they must outlive the set
   * @param scale alpha / rank, 1 for the published files
   * @throws WeightsException if a name is none of an adapter's or one of a pair is missing or does not fit the other
   */
  public LoraSet(Collection<String> names, Weights weights, double scale) {
    for (String name : names) {
      boolean a = name.endsWith(A);
      if (!name.startsWith(PREFIX) || !a && !name.endsWith(B)) {
        throw new WeightsException(
            "tensor " + name + " is no adapter's: expected " + PREFIX + "<module>" + A + " or " + B);
      }
      String module = name.substring(PREFIX.length(), name.length() - (a ? A : B).length());
      if (!byModule.containsKey(module)) {
        Adapter adapter = new Adapter(find(weights, module, A), find(weights, module, B), scale);
        check(module, adapter);
        byModule.put(module, adapter);
      }
    }
  }

  private static Tensor find(Weights weights, String module, String end) {
    String name = PREFIX + module + end;
    return weights.find(name).orElseThrow(() -> new WeightsException("no tensor " + name));
  }

  private static void check(String module, Adapter adapter) {
    Tensor a = adapter.a();
    Tensor b = adapter.b();
    boolean fits = a.rank() == b.rank() && (a.rank() == 2 || a.rank() == 4 && b.size(2) == 1 && b.size(3) == 1)
        && b.size(1) == a.size(0);
    if (!fits) {
      throw new WeightsException("the adapter of " + module + " has matrices that do not fit: " + a + " and " + b);
    }
  }

  /** The tensors' names for a module: A's, then B's. */
  public static Map.Entry<String, String> names(String module) {
    return Map.entry(PREFIX + module + A, PREFIX + module + B);
  }

  /** Whether a tensor of that name is a matrix B, which alpha / rank may be multiplied into. */
  public static boolean isB(String name) {
    return name.endsWith(B);
  }

  /** The adapters by module name, in the file's order. */
  public Map<String, Adapter> byModule() {
    return Map.copyOf(byModule);
  }

  /**
   * Checks that each adapter is on a module of a network.
   *
   * @param weights the layouts of the network's weights by their names
   * @throws WeightsException naming the first that fits none
   */
  public void checkFits(Function<String, Optional<Layout>> weights) {
    byModule.forEach((module, adapter) -> {
      Layout w = weights.apply(module + ".weight").orElseThrow(
          () -> new WeightsException("the adapter of " + module + " fits no module of the model"));
      Layout a = adapter.a().layout();
      Layout b = adapter.b().layout();
      if (b.size(0) != w.size(0) || a.count() / a.size(0) != w.count() / w.size(0)) {
        throw new WeightsException(
            "the adapter of " + module + ", " + a + " and " + b + ", does not fit its weight, " + w);
      }
    });
  }

  @Override
  public Optional<Adapter> on(String module) {
    return Optional.ofNullable(byModule.get(module));
  }
}
