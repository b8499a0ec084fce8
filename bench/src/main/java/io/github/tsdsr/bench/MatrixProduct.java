package io.github.tsdsr.bench;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.HostStorage;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Linear;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
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

/** y = x w^T on the shapes of SD3-medium's and the built-in model's linear layers: ours, MKL's and OpenBLAS's. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 2, time = 1)
public class MatrixProduct {
  /** Rows, inputs, outputs. */
  @Param({"1178x1536x1536", "1178x1536x6144", "1178x6144x1536", "4096x128x512"})
  public String shape;

  @Param({"ours-f32", "ours-bf16", "mkl", "openblas"})
  public String library;

  private Operands operands;
  private Runnable product;

  @Setup
  public void prepare() throws IOException {
    long[] size = Shapes.parse(shape);
    operands = new Operands();
    Tensor x = operands.random(size[0], size[1]);
    Tensor y = operands.empty(size[0], size[2]);
    DType dtype = library.equals("ours-bf16") ? DType.BF16 : DType.F32;
    Tensor w = operands.random(dtype, size[2], size[1]);
    if (library.startsWith("ours")) {
      Linear op = new Linear(x, w, null, y);
      product = () -> operands.run(op);
      return;
    }
    Blas.Sgemm peer = Blas.valueOf(library.toUpperCase()).load(Operands.THREADS);
    product = () -> peer.linear(
        (int) size[0], (int) size[2], (int) size[1], memory(x), memory(w), memory(y));
  }

  private static MemorySegment memory(Tensor t) {
    return ((HostStorage) t.storage()).segment();
  }

  @Benchmark
  public void linear() {
    product.run();
  }

  @TearDown
  public void close() {
    operands.close();
  }
}
