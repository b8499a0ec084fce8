package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.get;
import static io.github.tsdsr.kernels.cpu.OffHeap.set;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.HostMemory;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Conv2dWeightGrad;

/**
 * The gradient of a convolution's kernel as an implicit matrix product over pixels: A is dy transposed in place, B the padded
 * picture in place, whose pixels' neighbours lie side by side. Pixels are cut into chunks by their shape alone; each
 * chunk has its own sum, and the sums are added in order, so the result does not depend on the number of threads.
 */
final class ConvolutionWeightGrad {
  private static final long CHUNK_BYTES = 512 << 10;
  private static final long SUMS_BYTES = 32 << 20;
  /**
   * Where kernels are so large that chunks must be few, all tiles pass over this much of a chunk before the next is begun:
   * strided lines come from a near cache, and sums are rarely added to.
   */
  private static final long BLOCK_BYTES = 2 << 20;

  private final WorkerPool pool;
  private final HostMemory memory;
  private final TileKernels kernels;

  ConvolutionWeightGrad(WorkerPool pool, HostMemory memory, TileKernels kernels) {
    this.pool = pool;
    this.memory = memory;
    this.kernels = kernels;
  }

  static boolean takes(Conv2dWeightGrad op) {
    return op.x().dtype() == DType.F32 && op.dy().dtype() == DType.F32 && op.dw().dtype() == DType.F32
        && op.x().layout().stride(3) == 1 && op.dy().layout().stride(3) == 1 && op.dy().count() > 0;
  }

  /** Sizes of one operation. */
  private record Plan(
      Conv2dWeightGrad op, int pictures, int outH, int outW, int outC, int inC, int kh, int kw, long rowBytes,
      int paddedH, int chunkRows, int chunksAPicture, int blockRows) {
    static Plan of(Conv2dWeightGrad op) {
      Tensor dy = op.dy();
      Tensor dw = op.dw();
      int outH = (int) dy.size(1);
      int outW = (int) dy.size(2);
      int inC = (int) op.x().size(3);
      int kh = (int) dw.size(1);
      int kw = (int) dw.size(2);
      long rowBytes = 4L * ((outW - 1) * op.geometry().across() + kw) * inC;
      int paddedH = (outH - 1) * op.geometry().down() + kh;
      long bytesARow = rowBytes * op.geometry().down() + 4L * outW * dy.size(3);
      int pictures = (int) op.x().size(0);
      long most = Math.max(1, SUMS_BYTES / (4 * dw.count()) / pictures);
      int rows = (int) Math.clamp(CHUNK_BYTES / bytesARow, 1, outH);
      int chunks = (int) Math.min(most, Math.ceilDiv(outH, rows));
      int chunkRows = Math.ceilDiv(outH, chunks);
      return new Plan(
          op, pictures, outH, outW, (int) dy.size(3), inC, kh, kw, rowBytes, paddedH, chunkRows,
          Math.ceilDiv(outH, chunkRows), (int) Math.clamp(BLOCK_BYTES / bytesARow, 1, chunkRows));
    }

    int chunks() {
      return pictures * chunksAPicture;
    }

    /** A tile reads whole vectors: beyond the last pixel there is a tile's width more. */
    long paddedBytes(TileKernel kernel) {
      return Scratch.aligned(pictures * paddedH * rowBytes + 4L * kernel.columns());
    }

    /** Shared the padded pictures and the sums of all chunks; of each thread a tile and a row of gradients. */
    Scratch.Size scratch(TileKernel kernel) {
      long columns = Math.ceilDiv(outC, kernel.rows()) * kernel.rows();
      return new Scratch.Size(
          paddedBytes(kernel) + 4L * chunks() * sums(),
          Scratch.aligned(4L * kernel.rows() * kernel.columns()) + Scratch.aligned(4L * outW * columns));
    }

    /** Floats of one chunk's sums: rows of output channels, [kernel row][tap][channel] in each. */
    int sums() {
      return outC * kh * kw * inC;
    }
  }

  static Scratch.Size scratch(Conv2dWeightGrad op, TileKernels kernels) {
    Plan p = Plan.of(op);
    return p.scratch(kernels.forColumns(p.kw * p.inC));
  }

  void run(Conv2dWeightGrad op) {
    Plan p = Plan.of(op);
    int columns = p.kw * p.inC;
    TileKernel kernel = kernels.forColumns(columns);
    int chunks = p.chunks();
    try (Scratch s = new Scratch(memory, pool.threads(), p.scratch(kernel))) {
      long padded = s.shared();
      long sums = padded + p.paddedBytes(kernel);
      pool.run(p.pictures * p.paddedH, (i, _) -> padRow(p, i / p.paddedH, i % p.paddedH, padded + i * p.rowBytes));
      int oTiles = Math.ceilDiv(p.outC, kernel.rows());
      int panels = Math.ceilDiv(columns, kernel.columns());
      boolean split = chunks < 4 * pool.threads();
      int parts = split ? oTiles : 1;
      pool.run(chunks * parts, (task, thread) -> {
        int chunk = task / parts;
        int firstTile = split ? task % parts : 0;
        int endTile = split ? firstTile + 1 : oTiles;
        for (int block = 0; block < p.chunkRows; block += p.blockRows) {
          for (int row = 0; row < p.kh; row++) {
            for (int panel = 0; panel < panels; panel++) {
              for (int tile = firstTile; tile < endTile; tile++) {
                tile(p, kernel, chunk, block, row, panel, tile, padded, sums + 4L * chunk * p.sums(), s.own(thread));
              }
            }
          }
        }
      });
      pool.run(p.outC, (o, _) -> addUp(p, chunks, sums, o));
    }
  }

  private static void padRow(Plan p, int picture, int row, long to) {
    Tensor x = p.op.x();
    int at = row - p.op.geometry().top();
    if (at < 0 || at >= x.size(1)) {
      OffHeap.zero(to, p.rowBytes);
      return;
    }
    int wide = (int) (p.rowBytes / 4 / p.inC);
    int left = p.op.geometry().left();
    int present = (int) Math.min(x.size(2), wide - left);
    long from = OffHeap.address(x) + 4 * (picture * x.layout().stride(0) + at * x.layout().stride(1));
    OffHeap.zero(to, 4L * left * p.inC);
    for (int i = 0; i < present; i++) {
      OffHeap.copy(from + 4 * i * x.layout().stride(2), to + 4L * (left + i) * p.inC, 4L * p.inC);
    }
    long end = 4L * (left + present) * p.inC;
    OffHeap.zero(to + end, p.rowBytes - end);
  }

  /** One tile of one block of a chunk's rows: output channels by taps and channels of one kernel row. */
  private static void tile(
      Plan p, TileKernel kernel, int chunk, int block, int row, int panel, int tile, long padded, long sums,
      long scratch) {
    Tensor dy = p.op.dy();
    int picture = chunk / p.chunksAPicture;
    int from = chunk % p.chunksAPicture * p.chunkRows + block;
    int to = Math.min(p.outH, from + Math.min(p.blockRows, p.chunkRows - block));
    if (from >= to) {
      return;
    }
    TileTarget first = block == 0 ? TileTarget.OVERWRITE : TileTarget.ADD;
    int mr = kernel.rows();
    int width = kernel.columns();
    int o = tile * mr;
    int height = Math.min(mr, p.outC - o);
    int columns = Math.min(width, p.kw * p.inC - panel * width);
    int down = p.op.geometry().down();
    long b = padded + (picture * (long) p.paddedH + from * down + row) * p.rowBytes + 4L * panel * width;
    long stepB = 4L * p.op.geometry().across() * p.inC;
    long grad = OffHeap.address(dy) + 4 * (picture * dy.layout().stride(0) + from * dy.layout().stride(1) + o);
    long target = sums + 4 * ((long) o * p.kh * p.kw * p.inC + (long) row * p.kw * p.inC + (long) panel * width);
    long targetRow = 4L * p.kh * p.kw * p.inC;
    if (height == mr) {
      first.run(
          kernel, to - from, 4 * dy.layout().stride(1), down * p.rowBytes, p.outW, grad, 4, 4 * dy.layout().stride(2),
          0,
          b, stepB, height, columns, target, targetRow, 4, 0, scratch);
    } else {
      // The last tile has fewer channels than rows: dy's lines are copied beside zeros.
      long line = scratch + Scratch.aligned(4L * mr * width);
      for (int i = from; i < to; i++) {
        OffHeap.zero(line, 4L * p.outW * mr);
        for (int j = 0; j < p.outW; j++) {
          OffHeap.copy(
              grad + 4 * ((i - from) * dy.layout().stride(1) + j * dy.layout().stride(2)), line + 4L * j * mr,
              4L * height);
        }
        (i == from ? first : TileTarget.ADD).run(
            kernel, 1, 0, 0, p.outW, line, 4, 4L * mr, 0, b + (long) (i - from) * down * p.rowBytes, stepB, height,
            columns, target, targetRow, 4, 0, scratch);
      }
    }
  }

  /** Adds the chunks' sums of one output channel in order. */
  private static void addUp(Plan p, int chunks, long sums, int o) {
    Tensor dw = p.op.dw();
    long base = OffHeap.address(dw) + 4 * o * dw.layout().stride(0);
    int count = p.kh * p.kw * p.inC;
    for (int i = 0; i < count; i++) {
      float sum = 0;
      for (int chunk = 0; chunk < chunks; chunk++) {
        sum += get(sums + 4 * ((long) chunk * p.sums() + (long) o * count + i));
      }
      int tap = i / p.inC;
      long at = base + 4 * (tap / p.kw * dw.layout().stride(1) + tap % p.kw * dw.layout().stride(2)
          + i % p.inC * dw.layout().stride(3));
      set(at, p.op.accumulate() ? get(at) + sum : sum);
    }
  }
}
