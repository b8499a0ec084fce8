package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.ALL;
import static io.github.tsdsr.kernels.cpu.OffHeap.get;
import static io.github.tsdsr.kernels.cpu.OffHeap.set;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.HostMemory;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Reduce;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums, means and sums of squares over F32 tensors whose last axis is dense. Rows are summed in runs whose length depends on
 * the shape alone, the runs' sums are added in double and in order.
 */
final class Reductions {
  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
  private static final int L = S.length();
  private static final int RUN = 256;

  private Reductions() {}

  static boolean takes(Reduce op) {
    boolean sum = switch (op.f()) {
      case SUM, MEAN, SUM_OF_SQUARES -> true;
      default -> false;
    };
    int rank = op.x().rank();
    return sum && op.x().dtype() == DType.F32 && op.y().dtype() == DType.F32 && rank > 0
        && op.x().layout().stride(rank - 1) == 1 && op.y().layout().stride(rank - 1) == 1;
  }

  /** Sizes and strides in elements of some axes, counted through as one. */
  private record Axes(long[] sizes, long[] x, long[] y) {
    long count() {
      long n = 1;
      for (long s : sizes) {
        n *= s;
      }
      return n;
    }

    long offset(long i, long[] strides) {
      long rest = i;
      long offset = 0;
      for (int a = sizes.length - 1; a >= 0; a--) {
        offset += rest % sizes[a] * strides[a];
        rest /= sizes[a];
      }
      return offset;
    }
  }

  static void run(Reduce op, WorkerPool pool, HostMemory memory) {
    Tensor x = op.x();
    int last = x.rank() - 1;
    boolean keepLast = op.y().size(last) == x.size(last);
    Axes kept = axes(op, last, true);
    Axes reduced = axes(op, last, false);
    int n = (int) x.size(last);
    long rows = reduced.count();
    long runs = Math.ceilDiv(rows, RUN);
    int width = keepLast ? n : 1;
    long outputs = kept.count();
    boolean squares = op.f() == Reduce.Function.SUM_OF_SQUARES;
    double factor = op.f() == Reduce.Function.MEAN ? (double) op.y().count() / x.count() : 1;
    long base = OffHeap.address(x);
    try (Scratch s = new Scratch(memory, pool.threads(), 4 * outputs * runs * width, 0)) {
      pool.run(Math.toIntExact(outputs * runs), (task, _) -> {
        long from = task % runs * RUN;
        long to = Math.min(rows, from + RUN);
        long start = base + 4 * kept.offset(task / runs, kept.x);
        long sum = s.shared() + 4L * task * width;
        if (keepLast) {
          OffHeap.zero(sum, 4L * n);
          for (long r = from; r < to; r++) {
            addRow(start + 4 * reduced.offset(r, reduced.x), sum, n, squares);
          }
        } else {
          double total = 0;
          for (long r = from; r < to; r++) {
            total += rowSum(start + 4 * reduced.offset(r, reduced.x), n, squares);
          }
          set(sum, (float) total);
        }
      });
      long target = OffHeap.address(op.y());
      for (long k = 0; k < outputs; k++) {
        for (int j = 0; j < width; j++) {
          double total = 0;
          for (long run = 0; run < runs; run++) {
            total += get(s.shared() + 4 * ((k * runs + run) * width + j));
          }
          long at = target + 4 * (kept.offset(k, kept.y) + j);
          set(at, (float) (total * factor + (op.accumulate() ? get(at) : 0)));
        }
      }
    }
  }

  private static Axes axes(Reduce op, int last, boolean kept) {
    List<Integer> chosen = new ArrayList<>();
    for (int a = 0; a < last; a++) {
      if ((op.y().size(a) == op.x().size(a)) == kept) {
        chosen.add(a);
      }
    }
    long[] sizes = chosen.stream().mapToLong(a -> op.x().size(a)).toArray();
    long[] x = chosen.stream().mapToLong(a -> op.x().layout().stride(a)).toArray();
    long[] y = chosen.stream().mapToLong(a -> op.y().layout().stride(a)).toArray();
    return new Axes(sizes, x, y);
  }

  private static void addRow(long x, long sum, int n, boolean squares) {
    int i = 0;
    for (; i <= n - L; i += L) {
      FloatVector v = FloatVector.fromMemorySegment(S, ALL, x + 4L * i, LE);
      FloatVector t = FloatVector.fromMemorySegment(S, ALL, sum + 4L * i, LE);
      (squares ? v.fma(v, t) : t.add(v)).intoMemorySegment(ALL, sum + 4L * i, LE);
    }
    if (i < n) {
      VectorMask<Float> m = S.indexInRange(i, n);
      FloatVector v = FloatVector.fromMemorySegment(S, ALL, x + 4L * i, LE, m);
      FloatVector t = FloatVector.fromMemorySegment(S, ALL, sum + 4L * i, LE, m);
      (squares ? v.fma(v, t) : t.add(v)).intoMemorySegment(ALL, sum + 4L * i, LE, m);
    }
  }

  /** In runs of 64 vectors, each summed in floats; the runs in double. */
  private static double rowSum(long x, int n, boolean squares) {
    double total = 0;
    int i = 0;
    while (i < n) {
      int end = Math.min(n, i + 64 * L);
      FloatVector sum = FloatVector.zero(S);
      for (; i <= end - L; i += L) {
        FloatVector v = FloatVector.fromMemorySegment(S, ALL, x + 4L * i, LE);
        sum = squares ? v.fma(v, sum) : sum.add(v);
      }
      if (i < end) {
        FloatVector v = FloatVector.fromMemorySegment(S, ALL, x + 4L * i, LE, S.indexInRange(i, end));
        sum = squares ? v.fma(v, sum) : sum.add(v);
        i = end;
      }
      total += VectorMath.sum(sum);
    }
    return total;
  }
}
