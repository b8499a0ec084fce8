package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.ALL;
import static io.github.tsdsr.kernels.cpu.OffHeap.get;
import static io.github.tsdsr.kernels.cpu.OffHeap.set;
import static io.github.tsdsr.kernels.cpu.Panels.padTo;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.HostMemory;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Attention;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Attention without bias or mask, a head and a block of queries at a time: the block's scores stay in
 * the second-level cache, no running softmax is needed.
 */
final class Attentions {
  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
  private static final int L = S.length();
  /** Queries of a block: a multiple of every tile's rows. */
  static final int BLOCK = 48;

  private final WorkerPool pool;
  private final HostMemory memory;
  private final TileKernels kernels;

  Attentions(WorkerPool pool, HostMemory memory, TileKernels kernels) {
    this.pool = pool;
    this.memory = memory;
    this.kernels = kernels;
  }

  static boolean takes(Attention op) {
    return op.bias() == null && !op.causal() && isFloat(op.q(), op.k(), op.v(), op.y(), op.lse()) && op.k().size(1) > 0;
  }

  static boolean isFloat(Tensor... tensors) {
    for (Tensor t : tensors) {
      if (t != null && (t.dtype() != DType.F32 || t.rank() == 4 && t.layout().stride(3) != 1)) {
        return false;
      }
    }
    return true;
  }

  /** One head of one sample as a matrix (tokens, channels). */
  static Matrix head(Tensor t, int b, int h) {
    long address = OffHeap.address(t) + 4 * (b * t.layout().stride(0) + h * t.layout().stride(2));
    return new Matrix(address, DType.F32, t.size(1), t.size(3), t.layout().stride(1), 1);
  }

  /**
   * Sizes and tile shapes of a forward pass: for scores as wide as a block of queries, for results as wide as v.
   *
   * @param keyRows keys with what fills up the last tile
   */
  private record Forward(int keys, int keyRows, int d, int dv, TileKernel forQueries, TileKernel out) {
    static Forward of(Attention op, TileKernels kernels) {
      int keys = (int) op.k().size(1);
      int dv = (int) op.v().size(3);
      TileKernel forQueries = kernels.forColumns(BLOCK);
      return new Forward(
          keys, padTo(keys, forQueries.rows()), (int) op.q().size(3), dv, forQueries, kernels.forColumns(dv));
    }

    int outWidth() {
      return padTo(dv, out.columns());
    }

    long kBytes() {
      return Scratch.aligned(4L * keyRows * d);
    }

    long vBytes() {
      return Panels.bytes(out, keys, dv);
    }

    long qBytes() {
      return Scratch.aligned(4L * BLOCK * d);
    }

    long scoreBytes() {
      return Scratch.aligned(4L * BLOCK * keyRows);
    }

    long resultBytes() {
      return Scratch.aligned(4L * BLOCK * outWidth());
    }

    Scratch.Size scratch() {
      return new Scratch.Size(0, kBytes() + vBytes() + qBytes() + scoreBytes() + resultBytes() + 2 * 4L * BLOCK);
    }
  }

  static Scratch.Size scratch(Attention op, TileKernels kernels) {
    return Forward.of(op, kernels).scratch();
  }

  void run(Attention op) {
    Tensor q = op.q();
    int heads = (int) q.size(2);
    int queries = (int) q.size(1);
    Forward f = Forward.of(op, kernels);
    int blocks = Math.ceilDiv(queries, BLOCK);
    int parts = (int) Math.clamp(Math.ceilDiv(4L * pool.threads(), q.size(0) * heads), 1, blocks);
    int blocksAPart = Math.ceilDiv(blocks, parts);
    try (Scratch s = new Scratch(memory, pool.threads(), f.scratch())) {
      pool.run((int) q.size(0) * heads * parts, (task, thread) -> {
        int part = task % parts;
        attend(
            op, f, task / parts / heads, task / parts % heads, part * blocksAPart,
            Math.min(blocks, (part + 1) * blocksAPart), s.own(thread));
      });
    }
  }

  /**
   * Some blocks of one head. Scores are transposed, a row for each key: then the softmax needs no sum across lanes, the
   * keys serve as they lie, and their exponentials are read by columns in the product with v.
   */
  private static void attend(Attention op, Forward f, int b, int h, int firstBlock, int endBlock, long scratch) {
    int queries = (int) op.q().size(1);
    Matrix q = head(op.q(), b, h);
    Matrix y = head(op.y(), b, h);
    long keys = scratch;
    denseRows(head(op.k(), b, h), f.keyRows, keys);
    Panels v = Panels.pack(f.out, head(op.v(), b, h), 1, keys + f.kBytes());
    long queryPanels = keys + f.kBytes() + f.vBytes();
    long scores = queryPanels + f.qBytes();
    long result = scores + f.scoreBytes();
    long tops = result + f.resultBytes();
    long sums = tops + 4L * BLOCK;
    for (int block = firstBlock; block < endBlock; block++) {
      int from = block * BLOCK;
      int count = Math.min(BLOCK, queries - from);
      Matrix rows = new Matrix(
          q.address() + 4 * from * q.rowStride(), DType.F32, count, f.d, q.rowStride(), 1);
      padded(f.forQueries, rows.transposed(), (float) op.scale(), queryPanels)
          .multiply(f.keyRows, keys, 4L * f.d, 4, scores, BLOCK);
      for (int c = 0; c < BLOCK; c += L) {
        exponentials(scores + 4L * c, f.keys, tops + 4L * c, sums + 4L * c);
      }
      v.multiply(padTo(count, f.out.rows()), scores, 4, 4L * BLOCK, result, f.outWidth());
      int width = f.outWidth();
      for (int i = 0; i < count; i++) {
        float sum = get(sums + 4L * i);
        scaled(result + 4L * i * width, 1 / sum, y.address() + 4 * (from + i) * y.rowStride(), f.dv);
        if (op.lse() != null) {
          set(lse(op.lse(), b, h, from + i), get(tops + 4L * i) + (float) Math.log(sum));
        }
      }
    }
  }

  /** A block of queries as columns, zeros beyond the last. */
  private static Panels padded(TileKernel kernel, Matrix columns, float factor, long to) {
    int width = kernel.columns();
    int k = (int) columns.rows();
    for (int from = 0; from < BLOCK; from += width) {
      if (from < columns.columns()) {
        Packing.columns(columns, 0, k, from, width, factor, to + 4L * k * from);
      } else {
        OffHeap.zero(to + 4L * k * from, 4L * k * width);
      }
    }
    return new Panels(kernel, k, BLOCK, to);
  }

  /** The rows of a matrix without gaps, and rows of zeros up to a number of rows. */
  private static void denseRows(Matrix m, int rows, long to) {
    int width = (int) m.columns();
    for (int i = 0; i < m.rows(); i++) {
      scaled(m.address() + 4 * i * m.rowStride(), 1, to + 4L * i * width, width);
    }
    OffHeap.zero(to + 4 * m.rows() * width, 4 * (rows - m.rows()) * width);
  }

  static long lse(Tensor lse, int b, int h, int i) {
    return OffHeap.address(lse)
        + 4 * (b * lse.layout().stride(0) + h * lse.layout().stride(1) + i * lse.layout().stride(2));
  }

  private static FloatVector load(long at, int i) {
    return FloatVector.fromMemorySegment(S, ALL, at + 4L * i, LE);
  }

  /**
   * A vector of columns: their exponentials e = exp(s - max) in place of n rows of scores s, the columns' maxima and the sums
   * of their exponentials. The division by the sums is left to the product. (Several vectors at a time are too much for
   * the compiler: it stops inlining.)
   */
  private static void exponentials(long scores, int n, long tops, long sums) {
    FloatVector top = load(scores, 0);
    for (int i = 1; i < n; i++) {
      top = VectorMath.greater(top, load(scores, BLOCK * i));
    }
    FloatVector sum = FloatVector.zero(S);
    for (int i = 0; i < n; i++) {
      FloatVector e = VectorMath.exp(load(scores, BLOCK * i).sub(top));
      e.intoMemorySegment(ALL, scores + 4L * BLOCK * i, LE);
      sum = sum.add(e);
    }
    top.intoMemorySegment(ALL, tops, LE);
    sum.intoMemorySegment(ALL, sums, LE);
  }

  /** n floats times a factor. */
  private static void scaled(long from, float factor, long to, int n) {
    int i = 0;
    for (; i <= n - L; i += L) {
      load(from, i).mul(factor).intoMemorySegment(ALL, to + 4L * i, LE);
    }
    for (; i < n; i++) {
      set(to + 4L * i, factor * get(from + 4L * i));
    }
  }
}
