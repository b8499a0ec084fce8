package io.github.tsdsr.sd3;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Layout;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Fill;
import io.github.tsdsr.tensor.op.Random;
import io.github.tsdsr.tensor.op.Unary;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Weights of a new model: matrices, kernels and biases uniform within 1 / sqrt(fan in), as PyTorch's layers begin; norms
 * at one and zero; the position table as {@link PositionTable}. A tensor depends on seed and name alone, so tensors may be
 * made one at a time in any order.
 */
public final class InitialWeights {
  private final Map<String, Layout> shapes;
  private final int positionBase;
  private final long seed;

  private InitialWeights(Map<String, Layout> shapes, int positionBase, long seed) {
    this.shapes = shapes;
    this.positionBase = positionBase;
    this.seed = seed;
  }

  /** For a new transformer. */
  public static InitialWeights of(MmDitConfig config, long seed) {
    return new InitialWeights(WeightPlan.of(config).shapes(), config.sampleSize() / config.patchSize(), seed);
  }

  /** For a new autoencoder. */
  public static InitialWeights of(VaeConfig config, long seed) {
    return new InitialWeights(WeightPlan.of(config).shapes(), 0, seed);
  }

  /** Names and shapes of all weights. */
  public Map<String, Layout> shapes() {
    return shapes;
  }

  /** Makes the F32 tensor of a name. */
  public Tensor make(Scope scope, String name) {
    Layout layout = shapes.get(name);
    if (layout == null) {
      throw new IllegalArgumentException("the model has no weight " + name);
    }
    if (name.endsWith("pos_embed.pos_embed")) {
      int side = (int) Math.round(Math.sqrt(layout.size(1)));
      return Values.tensor(scope, DType.F32, PositionTable.sinCos(side, positionBase, (int) layout.size(2)),
          layout.shape());
    }
    Tensor t = scope.empty(DType.F32, layout.shape());
    double fanIn = fanIn(name, layout);
    if (fanIn == 0) {
      scope.backend().run(new Fill(t, name.endsWith(".weight") ? 1 : 0));
    } else {
      CRC32 crc = new CRC32();
      crc.update(name.getBytes(StandardCharsets.UTF_8));
      scope.backend().run(new Random(Random.Distribution.UNIFORM, seed, crc.getValue(), 0, t));
      double bound = 1 / Math.sqrt(fanIn);
      scope.backend().run(Unary.affine(t, 2 * bound, -bound, t));
    }
    return t;
  }

  /** Products a value is summed from; 0 for a norm's weight or bias. */
  private double fanIn(String name, Layout layout) {
    Layout weight = layout;
    if (layout.rank() == 1) {
      String matrix = name.replaceFirst("\\.bias$", ".weight");
      weight = matrix.equals(name) ? null : shapes.get(matrix);
      if (weight == null || weight.rank() == 1) {
        return 0;
      }
    }
    return (double) weight.count() / weight.size(0);
  }
}
