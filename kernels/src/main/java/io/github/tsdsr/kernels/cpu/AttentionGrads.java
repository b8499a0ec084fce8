package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.Attentions.BLOCK;
import static io.github.tsdsr.kernels.cpu.Attentions.head;
import static io.github.tsdsr.kernels.cpu.Attentions.lse;
import static io.github.tsdsr.kernels.cpu.OffHeap.ALL;
import static io.github.tsdsr.kernels.cpu.OffHeap.get;
import static io.github.tsdsr.kernels.cpu.OffHeap.set;
import static io.github.tsdsr.kernels.cpu.Panels.padTo;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.HostMemory;
import io.github.tsdsr.tensor.op.AttentionGrad;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The gradients of attention without bias or mask, a head and a block of queries at a time. */
final class AttentionGrads {
  private static final VectorSpecies<Float> S = Lanes.FLOATS;
  private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
  private static final int L = S.length();

  private final WorkerPool pool;
  private final HostMemory memory;
  private final TileKernels kernels;

  AttentionGrads(WorkerPool pool, HostMemory memory, TileKernels kernels) {
    this.pool = pool;
    this.memory = memory;
    this.kernels = kernels;
  }

  static boolean takes(AttentionGrad op) {
    return op.bias() == null && !op.causal()
        && Attentions.isFloat(op.q(), op.k(), op.v(), op.y(), op.lse(), op.dy(), op.dq(), op.dk(), op.dv())
        && op.k().size(1) > 0;
  }

  private static Sizes sizes(AttentionGrad op, TileKernels kernels) {
    int keys = (int) op.k().size(1);
    int d = (int) op.q().size(3);
    int dv = (int) op.v().size(3);
    return new Sizes((int) op.q().size(1), keys, d, dv, kernels.forColumns(keys), kernels.forColumns(d),
        kernels.forColumns(dv));
  }

  static Scratch.Size scratch(AttentionGrad op, TileKernels kernels) {
    return new Scratch.Size(0, sizes(op, kernels).bytes());
  }

  void run(AttentionGrad op) {
    int heads = (int) op.q().size(2);
    Sizes z = sizes(op, kernels);
    try (Scratch s = new Scratch(memory, pool.threads(), 0, z.bytes())) {
      pool.run((int) op.q().size(0) * heads,
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
      Panels keysByChannels = Panels.pack(z.forKeys, head(op.k(), b, h).transposed(), 1, at);
      at += Panels.bytes(z.forKeys, z.d, z.keys);
      Panels valuesByChannels = Panels.pack(z.forKeys, head(op.v(), b, h).transposed(), 1, at);
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

  private static FloatVector load(long at, int i) {
    return FloatVector.fromMemorySegment(S, ALL, at + 4L * i, LE);
  }
}
