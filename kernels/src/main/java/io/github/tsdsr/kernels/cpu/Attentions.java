package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.ALL;
import static io.github.tsdsr.kernels.cpu.OffHeap.get;
import static io.github.tsdsr.kernels.cpu.OffHeap.set;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.HostMemory;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Attention;
import io.github.tsdsr.tensor.op.AttentionGrad;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Attention without bias or mask, forward and backward, a head and a block of queries at a time: the block's scores stay in
 * the second-level cache, no running softmax is needed.
 */
final class Attentions {
  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
  private static final int L = S.length();
  /** Queries of a block: a multiple of every tile's rows. */
  private static final int BLOCK = 48;

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

  static boolean takes(AttentionGrad op) {
    return op.bias() == null && !op.causal()
        && isFloat(op.q(), op.k(), op.v(), op.y(), op.lse(), op.dy(), op.dq(), op.dk(), op.dv()) && op.k().size(1) > 0;
  }

  private static boolean isFloat(Tensor... tensors) {
    for (Tensor t : tensors) {
      if (t != null && (t.dtype() != DType.F32 || t.rank() == 4 && t.layout().stride(3) != 1)) {
        return false;
      }
    }
    return true;
  }

  /** One head of one sample as a matrix (tokens, channels). */
  private static Matrix head(Tensor t, int b, int h) {
    long address = OffHeap.address(t) + 4 * (b * t.layout().stride(0) + h * t.layout().stride(2));
    return new Matrix(address, DType.F32, t.size(1), t.size(3), t.layout().stride(1), 1);
  }

  private static Matrix transposed(Matrix m) {
    return new Matrix(m.address(), m.dtype(), m.columns(), m.rows(), m.columnStride(), m.rowStride());
  }

  /** B in panels for a kernel. */
  private record Panels(TileKernel kernel, int k, int columns, long address) {
    static long bytes(TileKernel kernel, long k, long columns) {
      return Scratch.aligned(4 * k * Math.ceilDiv(columns, kernel.columns()) * kernel.columns());
    }

    static Panels pack(TileKernel kernel, Matrix b, float factor, long to) {
      int k = (int) b.rows();
      int width = kernel.columns();
      for (int from = 0; from < b.columns(); from += width) {
        Packing.columns(b, 0, k, from, width, factor, to + 4L * k * from);
      }
      return new Panels(kernel, k, (int) b.columns(), to);
    }

    int padded() {
      return Math.ceilDiv(columns, kernel.columns()) * kernel.columns();
    }

    /** c (rows x padded columns, dense, whole tiles) = a times this; a as a tile kernel reads it. */
    void multiply(int rows, long a, long rowA, long stepA, long c, int rowC) {
      multiply(rows, a, rowA, stepA, c, rowC, TileTarget.OVERWRITE, 0);
    }

    /** c = or += a times this. */
    void multiply(int rows, long a, long rowA, long stepA, long c, int rowC, TileTarget target, long tile) {
      for (int panel = 0; panel < padded(); panel += kernel.columns()) {
        for (int row = 0; row < rows; row += kernel.rows()) {
          target.run(
              kernel, 1, 0, 0, k, a + row * rowA, rowA, stepA, address + 4L * k * panel, 4L * kernel.columns(),
              kernel.rows(), kernel.columns(), c + 4 * ((long) row * rowC + panel), 4L * rowC, 4, 0, tile);
        }
      }
    }
  }

  private static int padTo(long n, int multiple) {
    return (int) (Math.ceilDiv(n, multiple) * multiple);
  }

  /** Rows of q, times a factor, dense, with rows of zeros up to a whole block. */
  private static void copyRows(Matrix m, long from, int count, float factor, int width, long to) {
    OffHeap.zero(to, 4L * BLOCK * width);
    for (int i = 0; i < count; i++) {
      long row = m.address() + 4 * (from + i) * m.rowStride();
      for (int j = 0; j < m.columns(); j++) {
        set(to + 4L * (i * width + j), factor * get(row + 4L * j));
      }
    }
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
      padded(f.forQueries, transposed(rows), (float) op.scale(), queryPanels)
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

  private static long lse(Tensor lse, int b, int h, int i) {
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

  void run(AttentionGrad op) {
    Tensor q = op.q();
    int heads = (int) q.size(2);
    int keys = (int) op.k().size(1);
    int d = (int) q.size(3);
    int dv = (int) op.v().size(3);
    Sizes z = new Sizes(
        (int) q.size(1), keys, d, dv, kernels.forColumns(keys), kernels.forColumns(d), kernels.forColumns(dv));
    try (Scratch s = new Scratch(memory, pool.threads(), 0, z.bytes())) {
      pool.run((int) q.size(0) * heads,
          (task, thread) -> new Backward(op, z, task / heads, task % heads).run(s.own(thread)));
    }
  }

  /** Sizes and tile shapes of a backward pass: for results as wide as there are keys, as q, as v. */
  private record Sizes(int queries, int keys, int d, int dv, TileKernel forKeys, TileKernel forQ, TileKernel forV) {
    int scoreWidth() {
      // Its transpose is read in whole tiles of rows too.
      int rows = Math.max(forQ.rows(), forV.rows());
      return padTo(keys, forKeys.columns()) + padTo(rows, L);
    }

    int qWidth() {
      return padTo(d, forQ.columns());
    }

    int vWidth() {
      return padTo(dv, forV.columns());
    }

    long scores() {
      return Scratch.aligned(4L * BLOCK * scoreWidth());
    }

    long tile() {
      return Scratch.aligned(4L * Math.max(forQ.rows() * forQ.columns(), forV.rows() * forV.columns()));
    }

    long keyRows(int width) {
      return Scratch.aligned(4L * (keys + 16) * width);
    }

    long bytes() {
      return Panels.bytes(forKeys, d, keys) + Panels.bytes(forKeys, dv, keys) + Panels.bytes(forQ, keys, d)
          + Panels.bytes(forQ, BLOCK, d) + Panels.bytes(forV, BLOCK, dv) + 2 * scores()
          + 2 * Scratch.aligned(4L * BLOCK * Math.max(d, dv)) + Scratch.aligned(4L * BLOCK * qWidth())
          + keyRows(qWidth())
          + keyRows(vWidth()) + tile();
    }
  }

  /** The backward pass of one head. */
  private record Backward(AttentionGrad op, Sizes z, int b, int h) {
    void run(long scratch) {
      float scale = (float) op.scale();
      long at = scratch;
      Panels keysByChannels = Panels.pack(z.forKeys, transposed(head(op.k(), b, h)), 1, at);
      at += Panels.bytes(z.forKeys, z.d, z.keys);
      Panels valuesByChannels = Panels.pack(z.forKeys, transposed(head(op.v(), b, h)), 1, at);
      at += Panels.bytes(z.forKeys, z.dv, z.keys);
      Panels keyRows = Panels.pack(z.forQ, head(op.k(), b, h), scale, at);
      at += Panels.bytes(z.forQ, z.keys, z.d);
      final long queryPanels = at;
      at += Panels.bytes(z.forQ, BLOCK, z.d);
      final long gradPanels = at;
      at += Panels.bytes(z.forV, BLOCK, z.dv);
      final long p = at;
      at += z.scores();
      final long dp = at;
      at += z.scores();
      long rowBytes = Scratch.aligned(4L * BLOCK * Math.max(z.d, z.dv));
      final long queryRows = at;
      at += rowBytes;
      final long gradRows = at;
      at += rowBytes;
      final long dq = at;
      at += Scratch.aligned(4L * BLOCK * z.qWidth());
      final long dk = at;
      at += z.keyRows(z.qWidth());
      final long dv = at;
      at += z.keyRows(z.vWidth());
      final long tile = at;
      OffHeap.zero(dk, z.keyRows(z.qWidth()));
      OffHeap.zero(dv, z.keyRows(z.vWidth()));
      OffHeap.zero(p, z.scores());
      OffHeap.zero(dp, z.scores());
      Matrix q = head(op.q(), b, h);
      Matrix dy = head(op.dy(), b, h);
      long width = 4L * z.scoreWidth();
      for (int from = 0; from < z.queries; from += BLOCK) {
        int count = Math.min(BLOCK, z.queries - from);
        copyRows(q, from, count, scale, z.d, queryRows);
        copyRows(dy, from, count, 1, z.dv, gradRows);
        keysByChannels.multiply(padTo(count, z.forKeys.rows()), queryRows, 4L * z.d, 4, p, z.scoreWidth());
        valuesByChannels.multiply(padTo(count, z.forKeys.rows()), gradRows, 4L * z.dv, 4, dp, z.scoreWidth());
        for (int i = 0; i < count; i++) {
          float lse = get(lse(op.lse(), b, h, from + i));
          scoreGradients(p + i * width, dp + i * width, z.keys, lse, delta(dy, from + i));
        }
        Matrix queries = new Matrix(queryRows, DType.F32, count, z.d, z.d, 1);
        Matrix grads = new Matrix(gradRows, DType.F32, count, z.dv, z.dv, 1);
        Panels.pack(z.forV, grads, 1, gradPanels)
            .multiply(padTo(z.keys, z.forV.rows()), p, 4, width, dv, z.vWidth(), TileTarget.ADD, tile);
        Panels.pack(z.forQ, queries, 1, queryPanels)
            .multiply(padTo(z.keys, z.forQ.rows()), dp, 4, width, dk, z.qWidth(), TileTarget.ADD, tile);
        keyRows.multiply(padTo(count, z.forQ.rows()), dp, width, 4, dq, z.qWidth());
        store(dq, z.qWidth(), count, from, head(op.dq(), b, h));
      }
      store(dk, z.qWidth(), z.keys, 0, head(op.dk(), b, h));
      store(dv, z.vWidth(), z.keys, 0, head(op.dv(), b, h));
    }

    /** sum dy y of one query. */
    private float delta(Matrix dy, int i) {
      Matrix y = head(op.y(), b, h);
      double sum = 0;
      for (int j = 0; j < z.dv; j++) {
        sum +=
            (double) get(dy.address() + 4 * (i * dy.rowStride() + j)) * get(y.address() + 4 * (i * y.rowStride() + j));
      }
      return (float) sum;
    }

    private static void store(long rows, int width, int count, int first, Matrix to) {
      for (int i = 0; i < count; i++) {
        OffHeap.copy(rows + 4L * i * width, to.address() + 4 * (first + i) * to.rowStride(), 4 * to.columns());
      }
    }
  }

  /** One row: p = exp(s - lse) over s, ds = p (dp - delta) over dp; beyond the last key what nobody reads. */
  private static void scoreGradients(long s, long dp, int n, float lse, float delta) {
    for (int i = 0; i < n; i += L) {
      FloatVector e = VectorMath.exp(load(s, i).sub(lse));
      e.intoMemorySegment(ALL, s + 4L * i, LE);
      e.mul(load(dp, i).sub(delta)).intoMemorySegment(ALL, dp + 4L * i, LE);
    }
  }
}
