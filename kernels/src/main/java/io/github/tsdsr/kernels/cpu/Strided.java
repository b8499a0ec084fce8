package io.github.tsdsr.kernels.cpu;

import io.github.tsdsr.tensor.Tensor;
import java.util.Arrays;

/**
 * A loop over the elements of several tensors of one shape: axes that all of them pass through evenly are joined, the last
 * axis is handed out as rows.
 */
final class Strided {
  private static final int ELEMENTS_A_TASK = 1 << 14;

  /** Work on one row of n elements; addresses in bytes are in the order of the operands. */
  @FunctionalInterface
  interface Row {
    void run(long[] addresses, int n);
  }

  private final long[] shape;
  /** Bytes, [operand][axis]. */
  private final long[][] strides;
  private final long[] bases;

  private Strided(long[] shape, long[][] strides, long[] bases) {
    this.shape = shape;
    this.strides = strides;
    this.bases = bases;
  }

  /** All operands have the same shape; broadcast ones have strides of zero. */
  static Strided of(Tensor... operands) {
    int rank = operands[0].rank();
    int count = operands.length;
    long[] shape = new long[rank + 1];
    long[][] strides = new long[count][rank + 1];
    long[] bases = new long[count];
    for (int o = 0; o < count; o++) {
      bases[o] = OffHeap.address(operands[o]);
    }
    int axes = 0;
    for (int axis = 0; axis < rank; axis++) {
      long size = operands[0].size(axis);
      if (size == 1) {
        continue;
      }
      boolean joined = axes > 0;
      for (int o = 0; o < count && joined; o++) {
        joined = strides[o][axes - 1] == bytes(operands[o], axis) * size;
      }
      int to = joined ? axes - 1 : axes++;
      shape[to] = joined ? shape[to] * size : size;
      for (int o = 0; o < count; o++) {
        strides[o][to] = bytes(operands[o], axis);
      }
    }
    if (axes == 0) {
      shape[0] = operands[0].count();
      axes = 1;
      for (int o = 0; o < count; o++) {
        strides[o][0] = operands[o].dtype().bytes();
      }
    }
    long[] finalShape = Arrays.copyOf(shape, axes);
    for (int o = 0; o < count; o++) {
      strides[o] = Arrays.copyOf(strides[o], axes);
    }
    return new Strided(finalShape, strides, bases);
  }

  private static long bytes(Tensor t, int axis) {
    return t.layout().stride(axis) * t.dtype().bytes();
  }

  /** Bytes between the elements of an operand's rows. */
  long step(int operand) {
    return strides[operand][shape.length - 1];
  }

  /** Runs over all elements; the split into tasks does not change what is computed for an element. */
  void run(WorkerPool pool, Row row) {
    int last = shape.length - 1;
    long n = shape[last];
    long rows = 1;
    for (int axis = 0; axis < last; axis++) {
      rows *= shape[axis];
    }
    if (n == 0 || rows == 0) {
      return;
    }
    long piece = Math.min(n, ELEMENTS_A_TASK);
    long pieces = Math.ceilDiv(n, piece);
    long rowsATask = pieces > 1 ? 1 : Math.max(1, ELEMENTS_A_TASK / n);
    int tasks = Math.toIntExact(pieces > 1 ? rows * pieces : Math.ceilDiv(rows, rowsATask));
    long allRows = rows;
    pool.run(tasks, (task, _) -> {
      long[] addresses = new long[bases.length];
      if (pieces > 1) {
        long from = task % pieces * piece;
        locate(task / pieces, from, addresses);
        row.run(addresses, (int) Math.min(piece, n - from));
        return;
      }
      long to = Math.min(allRows, (task + 1) * rowsATask);
      for (long r = task * rowsATask; r < to; r++) {
        locate(r, 0, addresses);
        row.run(addresses, (int) n);
      }
    });
  }

  private void locate(long row, long from, long[] addresses) {
    int last = shape.length - 1;
    for (int o = 0; o < addresses.length; o++) {
      addresses[o] = bases[o] + from * strides[o][last];
    }
    long rest = row;
    for (int axis = last - 1; axis >= 0; axis--) {
      long i = rest % shape[axis];
      rest /= shape[axis];
      for (int o = 0; o < addresses.length; o++) {
        addresses[o] += i * strides[o][axis];
      }
    }
  }
}
