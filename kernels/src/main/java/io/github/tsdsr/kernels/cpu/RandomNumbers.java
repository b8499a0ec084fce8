package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.set;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Philox;
import io.github.tsdsr.tensor.op.Random;

/** Random numbers on several threads: an element depends on its index alone, so each thread makes its own pieces. */
final class RandomNumbers {
  private static final int PIECE = 1 << 14;

  private RandomNumbers() {}

  static boolean takes(Random op) {
    return op.y().dtype() == DType.F32 && op.y().isContiguous();
  }

  static void run(Random op, WorkerPool pool) {
    long count = op.y().count();
    long to = OffHeap.address(op.y());
    pool.run(Math.toIntExact(Math.ceilDiv(count, PIECE)), (task, _) -> {
      long from = (long) task * PIECE;
      double[] values = new double[(int) Math.min(PIECE, count - from)];
      switch (op.distribution()) {
        case UNIFORM -> Philox.uniform(op.seed(), op.stream(), op.first() + from, values);
        case NORMAL -> Philox.normal(op.seed(), op.stream(), op.first() + from, values);
      }
      for (int i = 0; i < values.length; i++) {
        set(to + 4 * (from + i), (float) values[i]);
      }
    });
  }
}
