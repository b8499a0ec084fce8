package io.github.tsdsr.kernels.cpu;

import io.github.tsdsr.kernels.cpu.WinogradTiles.Square;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.HostMemory;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Conv2d;
import io.github.tsdsr.tensor.op.Conv2dInputGrad;
import io.github.tsdsr.tensor.op.ConvGeometry;

/**
 * 3x3 convolutions of many channels by minimal filtering (Winograd; Lavin and Gray, arXiv 1509.09308, F(2x2,3x3)): the four
 * results of a 2x2 tile come from 16 products a channel instead of 36. With d the 4x4 pixels under the tile and g the
 * kernel, y = A^T [(G g G^T) * (B^T d B)] A, where * and the sum over channels are 16 matrix products, and
 *
 * <pre>
 * B^T = 1  0 -1  0    G = 1    0    0     A^T = 1  1  1  0
 *       0  1  1  0        1/2  1/2  1/2         0  1 -1 -1
 *       0 -1  1  0        1/2 -1/2  1/2
 *       0  1  0 -1        0    0    1
 * </pre>
 *
 * Rounding errors are about twice the direct sum's. With few channels the transformations cost more than they save. The loops say
 * whether the products' factors are rounded to BF16. The gradient of the picture is the convolution of the result's gradient
 * with the kernel turned round.
 */
final class WinogradConvolution {
  private static final int LANES = Lanes.COUNT;
  private static final long VECTOR = 4L * LANES;
  private static final int LEAST_CHANNELS = 128;
  /** Products of a tile and channel. */
  static final int PRODUCTS = 16;
  /** Tiles that are transformed together: a multiple of every tile kernel's rows. */
  private static final int BLOCK = 48;

  private final WorkerPool pool;
  private final HostMemory memory;
  private final TileKernels kernels;
  private final WinogradLoops loops;

  WinogradConvolution(WorkerPool pool, HostMemory memory, TileKernels kernels, WinogradLoops loops) {
    this.pool = pool;
    this.memory = memory;
    this.kernels = kernels;
    this.loops = loops;
  }

  static boolean takes(Conv2d op) {
    return suits(op) && (op.bias() == null || op.bias().dtype() == DType.F32 && op.bias().isContiguous());
  }

  /** Whether this takes it once its bias is in F32. */
  static boolean suits(Conv2d op) {
    return suits(op.geometry(), op.x(), op.w(), op.y());
  }

  static boolean takes(Conv2dInputGrad op) {
    return suits(op.geometry(), op.dy(), op.w(), op.dx());
  }

  /** Whether a convolution from {@code in} to {@code out}, or a gradient of one, goes this way. */
  static boolean suits(ConvGeometry geometry, Tensor in, Tensor w, Tensor out) {
    return geometry.down() == 1 && geometry.across() == 1 && w.size(1) == 3 && w.size(2) == 3 && channels(in)
        && channels(out) && Matrix.readable(w);
  }

  private static boolean channels(Tensor t) {
    return t.dtype() == DType.F32 && t.layout().stride(3) == 1 && t.size(3) >= LEAST_CHANNELS && t.size(3) % LANES == 0
        && t.count() > 0;
  }

  /**
   * A 3x3 convolution with padding.
   *
   * @param w (O,3,3,C), strides in elements
   * @param add whether the sums are added to what there is
   */
  private record Work(Tensor in, Tensor w, Tensor bias, int top, int left, Tensor out, boolean add) {
    static Work of(Conv2d op) {
      return new Work(op.x(), op.w(), op.bias(), op.geometry().top(), op.geometry().left(), op.y(), false);
    }

    static Work of(Conv2dInputGrad op) {
      Tensor turned = op.w().flip(1).flip(2).permute(3, 1, 2, 0);
      ConvGeometry g = op.geometry();
      return new Work(op.dy(), turned, null, 2 - g.top(), 2 - g.left(), op.dx(), op.accumulate());
    }
  }

  /** Sizes of one convolution, and how it is cut up. */
  private record Plan(Work work, WinogradTiles tiles, WinogradPanels panels, int factorBytes, int channels, int block) {
    static Plan of(Work work, TileKernels kernels, int factorBytes, int threads) {
      WinogradTiles tiles = WinogradTiles.over(work.out);
      WinogradPanels panels = WinogradPanels.of(work.w, kernels, factorBytes);
      int rows = panels.kernel().rows();
      // Enough blocks for all threads; how tiles are put together does not change what is computed for one.
      int share = Math.ceilDiv(Math.ceilDiv(tiles.count(), 4 * threads), rows) * rows;
      return new Plan(work, tiles, panels, factorBytes, (int) work.in.size(3), Math.min(BLOCK, share));
    }

    /** Shared the packed kernels; of each thread pixels and results of a block, a tile's pixels and vectors. */
    Scratch.Size scratch() {
      long blockBytes = PRODUCTS * (inputBytes() + resultBytes() + VECTOR) + squareBytes();
      return new Scratch.Size(panels.bytes(), Math.max(blockBytes, panels.roomBytes()));
    }

    /** Bytes of a tile's 4x4 pixels, or of its 2x2 results. */
    private long squareBytes() {
      return 4L * Math.max(16L * channels, 4 * work.out.size(3));
    }

    /** Bytes of one product's transformed pixels of a block. */
    long inputBytes() {
      return (long) factorBytes * block * channels;
    }

    /** Bytes of one product's results of a block. */
    long resultBytes() {
      return 4L * block * panels.columns();
    }
  }

  /** With factors in F32, which take most. */
  static Scratch.Size scratch(Conv2d op, TileKernels kernels, int threads) {
    return Plan.of(Work.of(op), kernels, Float.BYTES, threads).scratch();
  }

  static Scratch.Size scratch(Conv2dInputGrad op, TileKernels kernels, int threads) {
    return Plan.of(Work.of(op), kernels, Float.BYTES, threads).scratch();
  }

  void run(Conv2d op) {
    run(Work.of(op));
  }

  void run(Conv2dInputGrad op) {
    run(Work.of(op));
  }

  private void run(Work work) {
    Plan p = Plan.of(work, kernels, loops.factorBytes(), pool.threads());
    try (Scratch s = new Scratch(memory, pool.threads(), p.scratch())) {
      pool.run(p.panels.count(), (panel, thread) -> p.panels.pack(panel, s.shared(), s.own(thread), loops));
      pool.run(
          Math.ceilDiv(p.tiles.count(), p.block), (i, thread) -> block(p, i * p.block, s.shared(), s.own(thread)));
    }
  }

  /** Some tiles from the pixels under them to their results. */
  private void block(Plan p, int first, long packed, long own) {
    int count = Math.min(p.block, p.tiles.count() - first);
    long results = own + PRODUCTS * p.inputBytes();
    long vectors = results + PRODUCTS * p.resultBytes();
    long room = vectors + PRODUCTS * VECTOR;
    long rowA = (long) p.factorBytes * p.channels;
    for (int t = 0; t < count; t++) {
      transformPixels(p, first + t, own + t * rowA, room, vectors);
    }
    // Whole tiles: what lies beyond the last is read by nobody.
    TileKernel kernel = p.panels.kernel();
    int rows = Panels.padTo(count, kernel.rows());
    long rowC = 4L * p.panels.columns();
    long stepB = 4L * kernel.columns();
    for (int i = 0; i < PRODUCTS; i++) {
      for (int panel = 0; panel < p.panels.count(); panel++) {
        kernel.run(
            1, 0, 0, p.channels * p.factorBytes / 4, own + i * p.inputBytes(), rowA, 4, kernel.rows() * rowA,
            packed + p.panels.offset(i, panel), stepB, rows, kernel.columns(), 0, 0,
            results + i * p.resultBytes() + panel * stepB, rowC, 0);
      }
    }
    for (int t = 0; t < count; t++) {
      transformResults(p, first + t, results + t * rowC, room, vectors);
    }
  }

  private void transformPixels(Plan p, int tile, long to, long room, long vectors) {
    Square pixels = p.tiles.square(p.work.in, tile, p.work.top, p.work.left, 4, room);
    pixels.fetch();
    loops.pixels(
        pixels.address(), pixels.rowBytes(), pixels.pixelBytes(), p.channels, to, p.inputBytes(), vectors);
  }

  /** A^T m A of all outputs, and the bias or what there was. */
  private void transformResults(Plan p, int tile, long from, long room, long vectors) {
    Square to = p.tiles.square(p.work.out, tile, 0, 0, 2, room);
    long more = 0;
    if (p.work.add) {
      to.fetch();
      more = to.address();
    } else if (p.work.bias != null) {
      more = OffHeap.address(p.work.bias);
    }
    loops.results(
        from, p.resultBytes(), (int) p.work.out.size(3), more, p.work.add ? to.rowBytes() : 0,
        p.work.add ? to.pixelBytes() : 0, to.address(), to.rowBytes(), to.pixelBytes(), vectors);
    to.putBack();
  }
}
