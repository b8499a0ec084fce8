package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.ALL;
import static io.github.tsdsr.kernels.cpu.OffHeap.SHORT;
import static io.github.tsdsr.kernels.cpu.OffHeap.get;
import static io.github.tsdsr.kernels.cpu.OffHeap.set;

import io.github.tsdsr.kernels.cpu.WinogradTiles.Square;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.HostMemory;
import io.github.tsdsr.tensor.Numbers;
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

  /** Sizes of one convolution: columns are the output channels, filled up to whole panels. */
  private record Plan(
      Work work, WinogradTiles tiles, TileKernel kernel, int factorBytes, int channels, int panels, int block) {
    static Plan of(Work work, TileKernels kernels, int factorBytes, int threads) {
      long outputs = work.out.size(3);
      TileKernel kernel = kernels.forColumns(outputs);
      int panels = Math.ceilDiv((int) outputs, kernel.columns());
      WinogradTiles tiles = WinogradTiles.over(work.out);
      // Enough blocks for all threads; how tiles are put together does not change what is computed for one.
      int share = Math.ceilDiv(Math.ceilDiv(tiles.count(), 4 * threads), kernel.rows()) * kernel.rows();
      return new Plan(
          work, tiles, kernel, factorBytes, (int) work.in.size(3), panels, Math.min(BLOCK, share));
    }

    /** Shared the packed kernels; of each thread pixels and results of a block, a tile's pixels and vectors. */
    Scratch.Size scratch() {
      return new Scratch.Size(
          PRODUCTS * panels * panelBytes(), PRODUCTS * (inputBytes() + resultBytes() + VECTOR) + squareBytes());
    }

    /** Bytes of a tile's 4x4 pixels, or of its 2x2 results. */
    long squareBytes() {
      return 4L * Math.max(16L * channels, 4 * work.out.size(3));
    }

    long panelBytes() {
      return (long) factorBytes * channels * kernel.columns();
    }

    /** Where a panel has a column's weight of a channel: in BF16 two neighbouring channels make a step. */
    long place(int channel, int column) {
      int channels = 4 / factorBytes;
      return 4L * (channel / channels * kernel.columns() + column) + channel % channels * factorBytes;
    }

    /** Stores a weight. */
    void put(long at, float weight) {
      if (factorBytes == 4) {
        set(at, weight);
      } else {
        ALL.set(SHORT, at, Numbers.floatToBf16(weight));
      }
    }

    int columns() {
      return panels * kernel.columns();
    }

    /** Bytes of one product's transformed pixels of a block. */
    long inputBytes() {
      return (long) factorBytes * block * channels;
    }

    /** Bytes of one product's results of a block. */
    long resultBytes() {
      return 4L * block * columns();
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
      pool.run(p.panels, (panel, _) -> packPanel(p, panel, s.shared()));
      pool.run(
          Math.ceilDiv(p.tiles.count(), p.block), (i, thread) -> block(p, i * p.block, s.shared(), s.own(thread)));
    }
  }

  /** G g G^T of all kernels of a panel: [product][panel][step][column], zeros beyond the last output. */
  private static void packPanel(Plan p, int panel, long packed) {
    Tensor w = p.work.w;
    int width = p.kernel.columns();
    int columns = (int) Math.min(width, w.size(0) - (long) panel * width);
    long productBytes = p.panels * p.panelBytes();
    long to = packed + panel * p.panelBytes();
    float[] g = new float[9];
    float[] rows = new float[12];
    for (int c = 0; c < p.channels; c++) {
      for (int j = 0; j < width; j++) {
        long at = to + p.place(c, j);
        if (j >= columns) {
          for (int i = 0; i < PRODUCTS; i++) {
            p.put(at + i * productBytes, 0);
          }
          continue;
        }
        read(w, (long) panel * width + j, c, g);
        for (int column = 0; column < 3; column++) {
          float sum = 0.5f * (g[column] + g[6 + column]);
          float half = 0.5f * g[3 + column];
          rows[column] = g[column];
          rows[3 + column] = sum + half;
          rows[6 + column] = sum - half;
          rows[9 + column] = g[6 + column];
        }
        for (int row = 0; row < 4; row++) {
          float sum = 0.5f * (rows[3 * row] + rows[3 * row + 2]);
          float half = 0.5f * rows[3 * row + 1];
          long product = at + 4 * row * productBytes;
          p.put(product, rows[3 * row]);
          p.put(product + productBytes, sum + half);
          p.put(product + 2 * productBytes, sum - half);
          p.put(product + 3 * productBytes, rows[3 * row + 2]);
        }
      }
    }
  }

  /** The nine weights from a channel to an output. */
  private static void read(Tensor w, long output, int channel, float[] g) {
    long index = output * w.layout().stride(0) + channel * w.layout().stride(3);
    int bytes = w.dtype().bytes();
    long at = OffHeap.address(w) + index * bytes;
    for (int i = 0; i < 9; i++) {
      long tap = at + (i / 3 * w.layout().stride(1) + i % 3 * w.layout().stride(2)) * bytes;
      g[i] = switch (w.dtype()) {
        case F32 -> get(tap);
        case BF16 -> Float.intBitsToFloat(ALL.get(SHORT, tap) << 16);
        default -> Float.float16ToFloat(ALL.get(SHORT, tap));
      };
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
    int rows = Panels.padTo(count, p.kernel.rows());
    long rowC = 4L * p.columns();
    long stepB = 4L * p.kernel.columns();
    for (int i = 0; i < PRODUCTS; i++) {
      for (int panel = 0; panel < p.panels; panel++) {
        long b = packed + ((long) i * p.panels + panel) * p.panelBytes();
        p.kernel.run(
            1, 0, 0, p.channels * p.factorBytes / 4, own + i * p.inputBytes(), rowA, 4, p.kernel.rows() * rowA, b,
            stepB, rows,
            p.kernel.columns(), 0, 0, results + i * p.resultBytes() + panel * stepB, rowC, 0);
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
