package io.github.tsdsr.bench;

import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Conv2d;
import io.github.tsdsr.tensor.op.Conv2dInputGrad;
import io.github.tsdsr.tensor.op.Conv2dWeightGrad;
import io.github.tsdsr.tensor.op.ConvGeometry;
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

/** 3x3 convolutions of SD3's and the built-in model's autoencoder, forward and both gradients. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 2, time = 1)
public class Convolution {
  /** Pictures, side, channels in, channels out. */
  @Param({"1x512x128x128", "1x256x256x256", "1x128x512x512", "1x64x512x512", "16x64x16x16", "16x32x32x32",
    "1x512x16x16", "1x256x32x32"})
  public String shape;

  @Param({"forward", "input-gradient", "weight-gradient"})
  public String direction;

  private Operands operands;
  private Op op;

  @Setup
  public void prepare() {
    long[] size = Shapes.parse(shape);
    operands = new Operands();
    Tensor x = operands.random(size[0], size[1], size[1], size[2]);
    Tensor y = operands.random(size[0], size[1], size[1], size[3]);
    Tensor w = operands.random(size[3], 3, 3, size[2]);
    ConvGeometry same = ConvGeometry.square(1, 1);
    op = switch (direction) {
      case "forward" -> new Conv2d(x, w, operands.random(size[3]), same, y);
      case "input-gradient" -> new Conv2dInputGrad(y, w, same, x, false);
      default -> new Conv2dWeightGrad(x, y, same, w, false);
    };
  }

  @Benchmark
  public void convolution() {
    operands.run(op);
  }

  @TearDown
  public void close() {
    operands.close();
  }
}
