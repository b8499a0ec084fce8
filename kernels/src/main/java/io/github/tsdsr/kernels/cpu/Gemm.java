package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.get;
import static io.github.tsdsr.kernels.cpu.OffHeap.set;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.HostMemory;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Linear;
import io.github.tsdsr.tensor.op.MatMul;
import java.util.Arrays;
import java.util.Optional;

/**
 * Matrix products y = alpha a b + beta y (+ bias) with F32 results. B is packed in panels as wide as a tile, A is read in
 * place where its rows are contiguous and packed where it is transposed; the sums' order depends on K alone.
 */
final class Gemm {
  /** Longest run of K whose panel of B stays in the second-level cache. */
  private static final int K_WHOLE = 2048;
  private static final int K_BLOCK = 768;
  private static final int TASK_ROWS = 96;

  private final WorkerPool pool;
  private final HostMemory memory;
  private final TileKernels kernels;
  private final Factors factors;

  /**
   * @param factors as the kernels read them
   */
  Gemm(WorkerPool pool, HostMemory memory, TileKernels kernels, Factors factors) {
    this.pool = pool;
    this.memory = memory;
    this.kernels = kernels;
    this.factors = factors;
  }

  /** Something that runs numbered tasks: the pool, or the calling thread for one of several products side by side. */
  private interface Runner {
    void run(int count, WorkerPool.Task task);
  }

  /** One product. bias is the address of N floats, or 0. */
  private record Product(Matrix a, Matrix b, Matrix y, double alpha, double beta, long bias) {}

  /** Whether this has a kernel for the operation. */
  static boolean takes(MatMul op) {
    return op.y().dtype() == DType.F32 && Matrix.readable(op.a()) && Matrix.readable(op.b()) && op.y().count() > 0
        && op.k() > 0;
  }

  static boolean takes(Linear op) {
    return suits(op) && (op.bias() == null || op.bias().dtype() == DType.F32 && op.bias().isContiguous());
  }

  /** Whether this takes it once its bias is in F32. */
  static boolean suits(Linear op) {
    return op.y().dtype() == DType.F32 && Matrix.readable(op.x()) && Matrix.readable(op.w()) && op.y().count() > 0
        && op.x().size(-1) > 0;
  }

  static Scratch.Size scratch(MatMul op, TileKernels kernels) {
    long n = op.y().size(-1);
    TileKernel kernel = kernels.forColumns(n);
    long shared = sharedBytes(kernel, op.k(), n);
    long own = ownBytes(kernel, kBlock(op.k()));
    // Several products go side by side, each with all that it needs.
    return count(op) == 1 ? new Scratch.Size(shared, own) : new Scratch.Size(0, shared + own);
  }

  static Scratch.Size scratch(Linear op, TileKernels kernels) {
    return scratch(product(op), kernels);
  }

  private static int count(MatMul op) {
    return (int) Arrays.stream(op.batch()).reduce(1, (p, q) -> p * q);
  }

  void run(MatMul op) {
    run(op, 0);
  }

  void run(Linear op) {
    run(product(op), op.bias() == null ? 0 : OffHeap.address(op.bias()));
  }

  /** What a layer's product is as that of two matrices. Without the bias; one product where the operands' rows can be numbered through. */
  static MatMul product(Linear op) {
    Tensor x = op.x();
    Tensor y = op.y();
    long rows = y.count() / y.size(-1);
    Optional<Tensor> flatX = flat(x, rows);
    Optional<Tensor> flatY = flat(y, rows);
    Tensor w = op.w().transpose();
    return flatX.isPresent() && flatY.isPresent()
        ? new MatMul(flatX.get(), w, flatY.get())
        : new MatMul(x, w, y);
  }

  private static Optional<Tensor> flat(Tensor t, long rows) {
    return t.layout().tryReshape(rows, t.size(-1)).map(l -> new Tensor(t.storage(), t.dtype(), l));
  }

  private void run(MatMul op, long bias) {
    long[] batch = op.batch();
    int count = count(op);
    if (count == 1) {
      product(pool::run, 0, product(op, batch, 0, bias), null);
      return;
    }
    try (Scratch scratch = new Scratch(memory, pool.threads(), scratch(op, kernels))) {
      pool.run(count, (i, thread) -> product(alone(thread), scratch.own(thread), product(op, batch, i, bias), scratch));
    }
  }

  private static Runner alone(int thread) {
    return (count, task) -> {
      for (int i = 0; i < count; i++) {
        task.run(i, thread);
      }
    };
  }

  private static Product product(MatMul op, long[] batch, int i, long bias) {
    return new Product(
        Matrix.of(op.a(), offset(op.a(), batch, i)),
        Matrix.of(op.b(), offset(op.b(), batch, i)),
        Matrix.of(op.y(), offset(op.y(), batch, i)),
        op.alpha(),
        op.beta(),
        bias);
  }

  /** Offset of the i-th matrix, in elements. */
  private static long offset(Tensor t, long[] batch, int i) {
    long offset = 0;
    for (int axis = batch.length - 1, rest = i; axis >= 0; axis--) {
      offset += rest % batch[axis] * t.layout().stride(axis);
      rest /= (int) batch[axis];
    }
    return offset;
  }

  private static int kBlock(long k) {
    return (int) (k <= K_WHOLE ? k : K_BLOCK);
  }

  /** Room for B's panels. */
  private static long panelBytes(TileKernel kernel, long k, long n) {
    return Scratch.aligned(4 * Math.ceilDiv(n, kernel.columns()) * kernel.columns() * kBlock(k));
  }

  /** Room for B's panels and the padded bias. */
  private static long sharedBytes(TileKernel kernel, long k, long n) {
    return panelBytes(kernel, k, n) + Scratch.aligned(4 * Math.ceilDiv(n, kernel.columns()) * kernel.columns());
  }

  /** Room for a block of A and a tile. */
  private static long ownBytes(TileKernel kernel, long k) {
    return Scratch.aligned(4L * (TASK_ROWS + kernel.rows()) * k)
        + Scratch.aligned(4L * kernel.rows() * kernel.columns());
  }

  /**
   * Runs one product.
   *
   * @param base scratch memory for all of it, or 0 to take it here for several threads
   */
  private void product(Runner runner, long base, Product p, Scratch given) {
    TileKernel kernel = kernels.forColumns(p.b.columns());
    int k = kBlock(p.b.rows());
    long panelBytes = panelBytes(kernel, p.b.rows(), p.b.columns());
    long sharedBytes = sharedBytes(kernel, p.b.rows(), p.b.columns());
    if (given != null) {
      new Blocks(kernel, factors, p, runner, base, base + panelBytes, _ -> base + sharedBytes, 1).run();
      return;
    }
    try (Scratch s = new Scratch(memory, pool.threads(), sharedBytes, ownBytes(kernel, k))) {
      long bias = s.shared() + panelBytes;
      new Blocks(kernel, factors, p, runner, s.shared(), bias, s::own, pool.threads()).run();
    }
  }

  /** Where a thread has its own scratch memory. */
  private interface Own {
    long of(int thread);
  }

  /** The loops over blocks of one product. */
  private record Blocks(
      TileKernel kernel, Factors factors, Product p, Runner runner, long panels, long paddedBias, Own own,
      int threads) {
    void run() {
      int width = kernel.columns();
      int panelCount = Math.ceilDiv((int) p.b.columns(), width);
      boolean scaled = p.beta != 0 && p.beta != 1;
      if (scaled) {
        scale();
      }
      if (p.bias != 0) {
        OffHeap.zero(paddedBias, 4L * panelCount * width);
        OffHeap.copy(p.bias, paddedBias, 4 * p.b.columns());
      }
      int kc = kBlock(p.b.rows());
      for (long k0 = 0; k0 < p.b.rows(); k0 += kc) {
        int k = (int) Math.min(kc, p.b.rows() - k0);
        TileTarget target =
            k0 > 0 || p.beta != 0 ? TileTarget.ADD : p.bias != 0 ? TileTarget.BIAS : TileTarget.OVERWRITE;
        block(k0, k, panelCount, target);
      }
    }

    private void block(long k0, int k, int panelCount, TileTarget target) {
      int width = kernel.columns();
      long panelBytes = 4L * factors.steps(k) * width;
      long k0Final = k0;
      runner.run(panelCount, (j, _) -> factors.columns(p.b, k0Final, k, (long) j * width, width, (float) p.alpha,
          panels + j * panelBytes));
      int rows = (int) p.a.rows();
      int mr = kernel.rows();
      int wanted = Math.ceilDiv(Math.ceilDiv(rows, 8 * threads), mr) * mr;
      int taskRows = Math.clamp(wanted, mr, TASK_ROWS / mr * mr);
      int rowBlocks = Math.ceilDiv(rows, taskRows);
      int groups = Math.clamp(Math.ceilDiv(4 * threads, rowBlocks), 1, panelCount);
      int groupPanels = Math.ceilDiv(panelCount, groups);
      runner.run(rowBlocks * groups, (task, thread) -> {
        int from = task % rowBlocks * taskRows;
        int to = Math.min(rows, from + taskRows);
        int firstPanel = task / rowBlocks * groupPanels;
        int endPanel = Math.min(panelCount, firstPanel + groupPanels);
        tiles(from, to, firstPanel, endPanel, k0Final, k, target, own.of(thread));
      });
    }

    /** Rows from..to times some panels. */
    private void tiles(int from, int to, int firstPanel, int endPanel, long k0, int k, TileTarget target,
        long scratch) {
      int mr = kernel.rows();
      boolean inPlace = factors.inPlace(p.a);
      long tile = scratch + Scratch.aligned(4L * (TASK_ROWS + mr) * kBlock(p.b.rows()));
      // Rows that are read in place, and those that are packed: the last ones where they do not fill a tile.
      int inPlaceTo = inPlace ? from + (to - from) / mr * mr : from;
      if (inPlaceTo < to) {
        factors.rows(p.a, inPlaceTo, to, mr, k0, k, scratch);
      }
      for (int panel = firstPanel; panel < endPanel; panel++) {
        if (inPlaceTo > from) {
          long a = p.a.address() + 4 * (from * p.a.rowStride() + k0);
          long rowA = 4 * p.a.rowStride();
          column(panel, from, inPlaceTo, k, a, rowA, 4, mr * rowA, target, tile);
        }
        if (inPlaceTo < to) {
          column(
              panel, inPlaceTo, to, k, scratch, factors.rowA(k), factors.stepA(mr), (long) factors.bytes() * mr * k,
              target, tile);
        }
      }
    }

    /** Some rows times one panel. */
    private void column(
        int panel, int from, int to, int k, long a, long rowA, long stepA, long tileA, TileTarget target, long tile) {
      int width = kernel.columns();
      long column = (long) panel * width;
      int columns = (int) Math.min(width, p.b.columns() - column);
      long c = p.y.address() + 4 * (from * p.y.rowStride() + column * p.y.columnStride());
      target.run(
          kernel, 1, 0, 0, factors.steps(k), a, rowA, stepA, tileA, panels + 4L * factors.steps(k) * width * panel,
          4L * width, to - from, columns, c, 4 * p.y.rowStride(), 4 * p.y.columnStride(), paddedBias + 4 * column,
          tile);
    }

    private void scale() {
      for (long i = 0; i < p.y.rows(); i++) {
        for (long j = 0; j < p.y.columns(); j++) {
          long at = p.y.address() + 4 * (i * p.y.rowStride() + j * p.y.columnStride());
          set(at, (float) (p.beta * get(at)));
        }
      }
    }
  }
}
