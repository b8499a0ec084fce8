package io.github.tsdsr.bench;

import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Attention;
import io.github.tsdsr.tensor.op.AttentionGrad;
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

/** Attention of SD3-medium's transformer, of its autoencoder's middle, and of the built-in model, forward and backward. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 2, time = 1)
public class HeadAttention {
  /** Samples, tokens, heads, head size. */
  @Param({"1x1178x24x64", "1x4096x1x512", "16x260x8x16", "1x1028x8x16"})
  public String shape;

  @Param({"forward", "backward"})
  public String direction;

  private Operands operands;
  private Op op;

  @Setup
  public void prepare() {
    long[] size = Shapes.parse(shape);
    operands = new Operands();
    Tensor q = operands.random(size);
    Tensor k = operands.random(size);
    Tensor v = operands.random(size);
    Tensor y = operands.empty(size);
    Tensor lse = operands.empty(size[0], size[2], size[1]);
    double scale = 1 / Math.sqrt(size[3]);
    Op forward = new Attention(q, k, v, null, false, scale, y, lse);
    operands.run(forward);
    op = direction.equals("forward")
        ? forward
        : new AttentionGrad(q, k, v, null, false, scale, y, lse, operands.random(size), operands.empty(size),
            operands.empty(size), operands.empty(size), null);
  }

  @Benchmark
  public void attention() {
    operands.run(op);
  }

  @TearDown
  public void close() {
    operands.close();
  }
}
