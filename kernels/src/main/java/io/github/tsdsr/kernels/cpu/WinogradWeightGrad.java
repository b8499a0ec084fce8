package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.get;
import static io.github.tsdsr.kernels.cpu.OffHeap.set;

import io.github.tsdsr.kernels.cpu.WinogradTiles.Square;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.HostMemory;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Conv2dWeightGrad;

/**
 * The gradient of a 3x3 kernel of many channels by minimal filtering, F(3x3,2x2): a 2x2 tile of dy is a kernel that gives 3x3 results
 * on the 4x4 pixels d of x under it. With the matrices of {@link WinogradConvolution}, dg = G^T [sum over tiles of (A dy A^T) * (B^T d
 * B)] G: 16 matrix products over tiles, in place of 36 products a tile.
 *
 * <p>Tiles are transformed in blocks, which are cut by shapes alone. One thread makes any one sum over a block's tiles and adds it to
 * that of the blocks before, so the result does not depend on the number of threads.
 */
final class WinogradWeightGrad {
  private static final int PRODUCTS = WinogradConvolution.PRODUCTS;
  private static final int VECTOR = 4 * Lanes.COUNT;
  /**
   * The least that a block's transformed tiles may take: they stay in a near cache. They are to be more than the sums, which every
   * block reads and writes once.
   */
  private static final long BLOCK_BYTES = 4 << 20;
  /** Channels of dy side by side: a multiple of every tile kernel's rows and of a vector. */
  private static final int STRIP = 48;
  /** Tiles that a thread transforms before it asks for more. */
  private static final int TASK_TILES = 16;

  private final WorkerPool pool;
  private final HostMemory memory;
  private final TileKernels kernels;
  private final WinogradLoops loops;

  /**
   * @param loops with factors in F32
   */
  WinogradWeightGrad(WorkerPool pool, HostMemory memory, TileKernels kernels, WinogradLoops loops) {
    this.pool = pool;
    this.memory = memory;
    this.kernels = kernels;
    this.loops = loops;
  }

  static boolean takes(Conv2dWeightGrad op) {
    return WinogradConvolution.suits(op.geometry(), op.x(), op.dw(), op.dy()) && op.dw().dtype() == DType.F32;
  }

  /**
   * Sizes of one operation. Transformed x lies in panels as wide as the tile kernel's columns, transformed dy in strips:
   * [product][panel or strip][tile][channel].
   *
   * @param block tiles of a block
   */
  private record Plan(
      Conv2dWeightGrad op, WinogradTiles tiles, TileKernel kernel, int inputs, int outputs, int panels, int strips,
      int block) {
    static Plan of(Conv2dWeightGrad op, TileKernels kernels) {
      int inputs = (int) op.x().size(3);
      int outputs = (int) op.dy().size(3);
      TileKernel kernel = kernels.forColumns(inputs);
      int panels = Math.ceilDiv(inputs, kernel.columns());
      int strips = Math.ceilDiv(outputs, STRIP);
      WinogradTiles tiles = WinogradTiles.over(op.dy());
      long tileBytes = 4L * PRODUCTS * (panels * kernel.columns() + strips * STRIP);
      long blockBytes = Math.max(BLOCK_BYTES, 3L * 4 * PRODUCTS * inputs * outputs / 2);
      int blocks = Math.toIntExact(Math.ceilDiv(tiles.count() * tileBytes, blockBytes));
      return new Plan(
          op, tiles, kernel, inputs, outputs, panels, strips, Math.ceilDiv(tiles.count(), blocks));
    }

    /** Bytes of a panel of transformed pixels. */
    long panelBytes() {
      return 4L * block * kernel.columns();
    }

    long stripBytes() {
      return 4L * block * STRIP;
    }

    /** Bytes of one product's transformed pixels. */
    long pixelBytes() {
      return panels * panelBytes();
    }

    /** Bytes of one product's transformed gradients. */
    long gradientBytes() {
      return strips * stripBytes();
    }

    /** Bytes of one product's sums: (O,C). */
    long sumBytes() {
      return 4L * outputs * inputs;
    }

    /** Bytes of a square's pixels, or of the gradients of an output's kernels. */
    long roomBytes() {
      return 4L * Math.max(16 * inputs, 4 * outputs);
    }

    /** Shared the transformed tiles and the sums; of each thread a square, vectors and a tile of the kernel. */
    Scratch.Size scratch() {
      return new Scratch.Size(
          PRODUCTS * (pixelBytes() + gradientBytes() + sumBytes()),
          roomBytes() + PRODUCTS * VECTOR + 4L * kernel.rows() * kernel.columns());
    }
  }

  static Scratch.Size scratch(Conv2dWeightGrad op, TileKernels kernels) {
    return Plan.of(op, kernels).scratch();
  }

  void run(Conv2dWeightGrad op) {
    Plan p = Plan.of(op, kernels);
    try (Scratch s = new Scratch(memory, pool.threads(), p.scratch())) {
      long pixels = s.shared();
      long gradients = pixels + PRODUCTS * p.pixelBytes();
      long sums = gradients + PRODUCTS * p.gradientBytes();
      for (int block = 0; block < p.tiles.count(); block += p.block) {
        int first = block;
        int count = Math.min(p.block, p.tiles.count() - first);
        pool.run(Math.ceilDiv(count, TASK_TILES), (task, thread) -> {
          for (int t = task * TASK_TILES; t < Math.min(count, (task + 1) * TASK_TILES); t++) {
            transform(p, first + t, t, pixels, gradients, s.own(thread));
          }
        });
        pool.run(PRODUCTS * p.strips, (task, thread) -> multiply(
            p, task / p.strips, task % p.strips, count, first > 0, pixels, gradients, sums, s.own(thread)));
      }
      pool.run(p.outputs, (o, thread) -> transformSums(p, o, sums, s.own(thread)));
    }
  }

  /** A tile of dy and the pixels of x under it, to the place of one tile of the block. */
  private void transform(Plan p, int tile, int place, long pixels, long gradients, long room) {
    long vectors = room + p.roomBytes();
    Square x = p.tiles.square(p.op.x(), tile, p.op.geometry().top(), p.op.geometry().left(), 4, room);
    x.fetch();
    int width = p.kernel.columns();
    for (int panel = 0; panel < p.panels; panel++) {
      int channel = panel * width;
      loops.pixels(
          x.address() + 4L * channel, x.rowBytes(), x.pixelBytes(), Math.min(width, p.inputs - channel),
          pixels + panel * p.panelBytes() + 4L * place * width, p.pixelBytes(), vectors);
    }
    Square dy = p.tiles.square(p.op.dy(), tile, 0, 0, 2, room);
    dy.fetch();
    for (int strip = 0; strip < p.strips; strip++) {
      int channel = strip * STRIP;
      loops.gradients(
          dy.address() + 4L * channel, dy.rowBytes(), dy.pixelBytes(), Math.min(STRIP, p.outputs - channel),
          gradients + strip * p.stripBytes() + 4L * place * STRIP, p.gradientBytes(), vectors);
    }
  }

  /** Some channels of dy times all of x, of one product, over the tiles of a block. */
  private static void multiply(
      Plan p, int product, int strip, int count, boolean add, long pixels, long gradients, long sums, long own) {
    int width = p.kernel.columns();
    long room = own + p.roomBytes() + PRODUCTS * VECTOR;
    long a = gradients + product * p.gradientBytes() + strip * p.stripBytes();
    long rowC = 4L * p.inputs;
    long c = sums + product * p.sumBytes() + strip * STRIP * rowC;
    for (int panel = 0; panel < p.panels; panel++) {
      long b = pixels + product * p.pixelBytes() + panel * p.panelBytes();
      long to = c + 4L * panel * width;
      p.kernel.run(
          1, 0, 0, count, a, 4, 4L * STRIP, 4L * p.kernel.rows(), b, 4L * width,
          Math.min(STRIP, p.outputs - strip * STRIP), Math.min(width, p.inputs - panel * width), add ? to : 0,
          add ? rowC : 0, to, rowC, room);
    }
  }

  /** G^T m G of an output's sums. */
  private void transformSums(Plan p, int o, long sums, long room) {
    Tensor dw = p.op.dw();
    loops.taps(
        sums + 4L * o * p.inputs, p.sumBytes(), p.inputs, room, 4L * p.inputs, room + p.roomBytes());
    for (int tap = 0; tap < 9; tap++) {
      long from = room + 4L * tap * p.inputs;
      long to = OffHeap.address(dw)
          + 4 * (o * dw.layout().stride(0) + tap / 3 * dw.layout().stride(1) + tap % 3 * dw.layout().stride(2));
      long step = 4 * dw.layout().stride(3);
      for (int c = 0; c < p.inputs; c++) {
        float sum = get(from + 4L * c);
        set(to + c * step, p.op.accumulate() ? get(to + c * step) + sum : sum);
      }
    }
  }
}
