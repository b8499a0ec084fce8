package io.github.tsdsr.bench;

import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.GroupNorm;
import io.github.tsdsr.tensor.op.GroupNormGrad;
import io.github.tsdsr.tensor.op.LayerNorm;
import io.github.tsdsr.tensor.op.LayerNormGrad;
import io.github.tsdsr.tensor.op.Op;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Group norm with SiLU and layer norm with modulation, forward and backward. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 2, time = 1)
public class Norm {
  /** Group norm: pictures, side, channels, groups. Layer norm: samples, tokens, channels. */
  @Param({"1x256x256x32", "16x64x16x4", "1x1024x1536", "16x256x128"})
  public String shape;

  @Param({"forward", "backward"})
  public String direction;

  private Operands operands;
  private Op op;

  @Setup
  public void prepare() {
    long[] size = Shapes.parse(shape);
    operands = new Operands();
    op = size.length == 4 ? groupNorm(size) : layerNorm(size);
  }

  private Op groupNorm(long[] size) {
    long c = size[2];
    int groups = (int) size[3];
    Tensor x = operands.random(size[0], size[1], size[1], c);
    Tensor y = operands.empty(x.shape());
    Tensor weight = operands.random(c);
    Tensor bias = operands.random(c);
    Tensor statistics = operands.empty(size[0], groups, 2);
    Op forward = new GroupNorm(x, weight, bias, groups, 1e-6, true, y, statistics);
    operands.run(forward);
    return direction.equals("forward")
        ? forward
        : new GroupNormGrad(x, weight, bias, groups, true, statistics, operands.random(x.shape()), y, operands.empty(c),
            operands.empty(c));
  }

  private Op layerNorm(long[] size) {
    Tensor x = operands.random(size);
    Tensor y = operands.empty(size);
    Tensor scale = operands.random(size[0], 1, size[2]);
    Tensor shift = operands.random(size[0], 1, size[2]);
    Tensor statistics = operands.empty(size[0], size[1], 2);
    Op forward = new LayerNorm(x, scale, shift, 1, 1e-6, y, statistics);
    operands.run(forward);
    return direction.equals("forward")
        ? forward
        : new LayerNormGrad(x, scale, 1, statistics, operands.random(size), y, operands.empty(scale.shape()),
            operands.empty(scale.shape()));
  }

  @Benchmark
  public void norm() {
    operands.run(op);
  }

  @TearDown
  public void close() {
    operands.close();
  }
}
