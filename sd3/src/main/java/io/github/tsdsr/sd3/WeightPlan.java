package io.github.tsdsr.sd3;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Layout;
import io.github.tsdsr.tensor.Storage;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Learns which weights a model has, without any memory for them: build the model from a plan, then ask the plan. What the
 * model then computes is undefined.
 */
public final class WeightPlan implements Weights {
  private static final class NoBytes extends Storage {
    private final long bytes;

    NoBytes(long bytes) {
      this.bytes = bytes;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    protected void free() {
      // Nothing was taken.
    }
  }

  private final Map<String, Layout> shapes = new LinkedHashMap<>();

  /** The weights of a transformer. */
  public static WeightPlan of(MmDitConfig config) {
    WeightPlan plan = new WeightPlan();
    new MmDit(config, plan);
    return plan;
  }

  /** The weights of an autoencoder. */
  public static WeightPlan of(VaeConfig config) {
    WeightPlan plan = new WeightPlan();
    new Vae(config, plan);
    return plan;
  }

  @Override
  public Tensor get(String name, long... shape) {
    Layout layout = Layout.contiguous(shape);
    shapes.put(name, layout);
    return new Tensor(new NoBytes(layout.count() * DType.F32.bytes()), DType.F32, layout);
  }

  @Override
  public Optional<Tensor> find(String name) {
    return Optional.empty();
  }

  /** Names and shapes, in the order in which the model asked for them. */
  public Map<String, Layout> shapes() {
    return Collections.unmodifiableMap(shapes);
  }

  /** Number of parameters. */
  public long count() {
    return shapes.values().stream().mapToLong(Layout::count).sum();
  }
}
