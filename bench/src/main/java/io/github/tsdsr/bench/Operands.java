package io.github.tsdsr.bench;

import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Op;
import io.github.tsdsr.tensor.op.Random;

/** The CPU backend with random operands for a benchmark. */
final class Operands implements AutoCloseable {
  /** As many threads as everything that is compared may use. */
  static final int THREADS = Integer.getInteger("tsdsr.threads", Runtime.getRuntime().availableProcessors());

  private final Backend backend = new VectorBackend(THREADS, Long.MAX_VALUE);
  private final Scope scope = Scope.on(backend);
  private long stream;

  /** Normal random numbers, F32. */
  Tensor random(long... shape) {
    Tensor t = scope.empty(DType.F32, shape);
    backend.run(new Random(Random.Distribution.NORMAL, 1, stream++, 0, t));
    return t;
  }

  /** Normal random numbers of a type. */
  Tensor random(DType dtype, long... shape) {
    return dtype == DType.F32 ? random(shape) : scope.copy(random(shape), dtype);
  }

  /** Room for a result. */
  Tensor empty(long... shape) {
    return scope.empty(DType.F32, shape);
  }

  void run(Op op) {
    backend.run(op);
  }

  @Override
  public void close() {
    scope.close();
    backend.close();
  }
}
