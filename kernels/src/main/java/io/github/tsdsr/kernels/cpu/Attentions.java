package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.get;
import static io.github.tsdsr.kernels.cpu.OffHeap.set;
import static io.github.tsdsr.kernels.cpu.Panels.padTo;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.HostMemory;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Attention;

/**
 * Attention without bias or mask, a head and a block of queries at a time: the block's scores stay in
 * the second-level cache, no running softmax is needed.
 */
final class Attentions {
  /** Queries of a block: a multiple of every tile's rows. */
  static final int BLOCK = 48;

  private final WorkerPool pool;
  private final HostMemory memory;
  private final TileKernels kernels;
  private final AttentionLoops loops;

  Attentions(WorkerPool pool, HostMemory memory, TileKernels kernels, AttentionLoops loops) {
    this.pool = pool;
    this.memory = memory;
    this.kernels = kernels;
    this.loops = loops;
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
  private void attend(Attention op, Forward f, int b, int h, int firstBlock, int endBlock, long scratch) {
    int queries = (int) op.q().size(1);
    Matrix q = head(op.q(), b, h);
    Matrix y = head(op.y(), b, h);
    long keys = scratch;
    Matrix k = head(op.k(), b, h);
    long rowBytes = 4L * f.d;
    loops.copy(k.address(), 4 * k.rowStride(), f.keys, f.d, keys, rowBytes);
    OffHeap.zero(keys + f.keys * rowBytes, (f.keyRows - f.keys) * rowBytes);
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
      loops.exponentials(scores, f.keys, tops, sums);
      v.multiply(padTo(count, f.out.rows()), scores, 4, 4L * BLOCK, result, f.outWidth());
      loops.divide(
          result, 4L * f.outWidth(), count, f.dv, sums, y.address() + 4 * from * y.rowStride(), 4 * y.rowStride());
      for (int i = 0; op.lse() != null && i < count; i++) {
        set(lse(op.lse(), b, h, from + i), get(tops + 4L * i) + (float) Math.log(get(sums + 4L * i)));
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

  static long lse(Tensor lse, int b, int h, int i) {
    return OffHeap.address(lse)
        + 4 * (b * lse.layout().stride(0) + h * lse.layout().stride(1) + i * lse.layout().stride(2));
  }
}
