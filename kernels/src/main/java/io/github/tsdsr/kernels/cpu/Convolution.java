package io.github.tsdsr.kernels.cpu;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.HostMemory;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.op.Conv2d;
import io.github.tsdsr.tensor.op.Conv2dInputGrad;
import io.github.tsdsr.tensor.op.ConvGeometry;

/**
 * Convolutions as implicit matrix products, channels last: neighbouring pixels are the rows of A, read in place from a band
 * of padded rows; the taps of one kernel row lie side by side in memory, so a whole kernel row is one run of K, and the
 * kernel rows are the segments of a tile. Nothing like im2col is written. The gradient of the picture is the convolution
 * of the result's gradient, spread out by the stride, with the kernel turned round.
 */
final class Convolution {
  /** A band of padded rows and the panel it meets share the second-level cache. */
  private static final long BAND_BYTES = 512 << 10;
  private static final int BAND_ROWS = 16;

  private final WorkerPool pool;
  private final HostMemory memory;
  private final TileKernels kernels;
  private final Factors factors;

  /**
   * @param factors as the kernels read them
   */
  Convolution(WorkerPool pool, HostMemory memory, TileKernels kernels, Factors factors) {
    this.pool = pool;
    this.memory = memory;
    this.kernels = kernels;
    this.factors = factors;
  }

  static boolean takes(Conv2d op) {
    return suits(op) && (op.bias() == null || op.bias().dtype() == DType.F32 && op.bias().isContiguous());
  }

  /** Whether this takes it once its bias is in F32. */
  static boolean suits(Conv2d op) {
    return takes(op.x(), op.w(), op.y());
  }

  static boolean takes(Conv2dInputGrad op) {
    ConvGeometry g = op.geometry();
    return takes(op.dy(), op.w(), op.dx()) && g.top() < op.w().size(1) && g.left() < op.w().size(2);
  }

  private static boolean takes(Tensor in, Tensor kernel, Tensor out) {
    return in.dtype() == DType.F32 && out.dtype() == DType.F32 && Matrix.readable(kernel) && in.count() > 0
        && in.layout().stride(3) == 1 && out.layout().stride(3) == 1;
  }

  /**
   * A convolution with stride over a picture whose pixels are spread out: {@code spread - 1} zero rows and columns between
   * any two, {@code top} and {@code left} zero rows and columns before the first, as many as needed after the last.
   *
   * @param w the kernel as (O,kh,kw,C), strides in elements
   */
  private record Plan(
      Tensor in, Tensor out, Tensor w, int kh, int kw, int down, int across, int top, int left, int spreadDown,
      int spreadAcross) {
    int height() {
      return (int) out.size(1);
    }

    int width() {
      return (int) out.size(2);
    }

    int channels() {
      return (int) in.size(3);
    }

    /** Pixels of a padded row: all that the last tile of a row touches. */
    int padded(int tileRows) {
      return (Math.ceilDiv(width(), tileRows) * tileRows - 1) * across + kw;
    }
  }

  /** How the work is cut up, and what of it lies in scratch memory. */
  private record Cut(TileKernel kernel, int panels, long panelBytes, long rowBytes, int bandRows, int bandInputs) {
    static Cut of(Plan p, TileKernels kernels, int factorBytes, int threads) {
      TileKernel kernel = kernels.forColumns(p.w.size(0));
      int panels = Math.ceilDiv((int) p.w.size(0), kernel.columns());
      long panelBytes = (long) factorBytes * p.kh * p.kw * p.channels() * kernel.columns();
      long rowElements = (long) p.padded(kernel.rows()) * p.channels();
      long rowBytes = factorBytes * rowElements;
      // As many rows as in F32: so other factors take no more memory.
      int bandRows = bandRows(p, Float.BYTES * rowElements, threads);
      return new Cut(kernel, panels, panelBytes, rowBytes, bandRows, (bandRows - 1) * p.down + p.kh);
    }

    private static int bandRows(Plan p, long rowBytes, int threads) {
      long fit = (BAND_BYTES / rowBytes - p.kh) / p.down + 1;
      int enough = Math.ceilDiv(p.height() * (int) p.in.size(0), 4 * threads);
      return (int) Math.clamp(fit, 1, Math.clamp(enough, 1, BAND_ROWS));
    }

    long biasBytes() {
      return Scratch.aligned(4L * panels * kernel.columns());
    }

    long bandBytes() {
      return Scratch.aligned(bandInputs * rowBytes);
    }

    /** Shared the bias and the packed kernel; of each thread a band and a tile. */
    Scratch.Size scratch() {
      return new Scratch.Size(
          biasBytes() + panels * panelBytes,
          bandBytes() + Scratch.aligned(4L * kernel.rows() * kernel.columns()));
    }
  }

  /** With factors in F32, which take most. */
  static Scratch.Size scratch(Conv2d op, TileKernels kernels, int threads) {
    return Cut.of(plan(op), kernels, Float.BYTES, threads).scratch();
  }

  static Scratch.Size scratch(Conv2dInputGrad op, TileKernels kernels, int threads) {
    return Cut.of(plan(op), kernels, Float.BYTES, threads).scratch();
  }

  private static Plan plan(Conv2d op) {
    ConvGeometry g = op.geometry();
    return new Plan(
        op.x(), op.y(), op.w(), (int) op.w().size(1), (int) op.w().size(2), g.down(), g.across(), g.top(), g.left(), 1,
        1);
  }

  void run(Conv2d op) {
    run(plan(op), op.bias() == null ? 0 : OffHeap.address(op.bias()),
        op.bias() == null ? TileTarget.OVERWRITE : TileTarget.BIAS);
  }

  private static Plan plan(Conv2dInputGrad op) {
    ConvGeometry g = op.geometry();
    int kh = (int) op.w().size(1);
    int kw = (int) op.w().size(2);
    Tensor turned = op.w().flip(1).flip(2).permute(3, 1, 2, 0);
    return new Plan(
        op.dy(), op.dx(), turned, kh, kw, 1, 1, kh - 1 - g.top(), kw - 1 - g.left(), g.down(), g.across());
  }

  void run(Conv2dInputGrad op) {
    run(plan(op), 0, op.accumulate() ? TileTarget.ADD : TileTarget.OVERWRITE);
  }

  private void run(Plan p, long bias, TileTarget target) {
    Cut cut = Cut.of(p, kernels, factors.bytes(), pool.threads());
    TileKernel kernel = cut.kernel;
    int panels = cut.panels;
    long panelBytes = cut.panelBytes;
    long rowBytes = cut.rowBytes;
    int bandRows = cut.bandRows;
    int bands = Math.ceilDiv(p.height(), bandRows);
    int pictures = (int) p.in.size(0);
    int groups = Math.clamp(Math.ceilDiv(4 * pool.threads(), bands * pictures), 1, panels);
    int groupPanels = Math.ceilDiv(panels, groups);
    long biasBytes = cut.biasBytes();
    long bandBytes = cut.bandBytes();
    try (Scratch s = new Scratch(memory, pool.threads(), cut.scratch())) {
      long paddedBias = s.shared();
      long packed = paddedBias + biasBytes;
      if (bias != 0) {
        OffHeap.zero(paddedBias, biasBytes);
        OffHeap.copy(bias, paddedBias, 4 * p.w.size(0));
      }
      pool.run(panels * p.kh,
          (task, _) -> packKernelRow(p, kernel, task / p.kh, task % p.kh, packed + task / p.kh * panelBytes));
      pool.run(pictures * bands * groups, (task, thread) -> {
        int picture = task / groups / bands;
        int from = task / groups % bands * bandRows;
        int to = Math.min(p.height(), from + bandRows);
        long band = s.own(thread);
        fillBand(p, picture, from * p.down - p.top, (to - 1 - from) * p.down + p.kh, rowBytes, band);
        int firstPanel = task % groups * groupPanels;
        int endPanel = Math.min(panels, firstPanel + groupPanels);
        for (int panel = firstPanel; panel < endPanel; panel++) {
          rows(p, kernel, picture, from, to, panel, band, rowBytes, packed + panel * panelBytes, paddedBias, target,
              band + bandBytes);
        }
      });
    }
  }

  /** One kernel row of one panel of output channels: [tap][channel][panel column], zeros beyond the last channel. */
  private void packKernelRow(Plan p, TileKernel kernel, int panel, int row, long panelAddress) {
    Tensor w = p.w;
    int width = kernel.columns();
    for (int tap = 0; tap < p.kw; tap++) {
      long offset = row * w.layout().stride(1) + tap * w.layout().stride(2);
      Matrix channelsByOutputs = new Matrix(
          OffHeap.address(w) + offset * w.dtype().bytes(), w.dtype(), w.size(3), w.size(0), w.layout().stride(3),
          w.layout().stride(0));
      long to = panelAddress + factors.bytes() * ((long) row * p.kw + tap) * p.channels() * width;
      factors.columns(channelsByOutputs, 0, p.channels(), (long) panel * width, width, 1, to);
    }
  }

  /** Rows {@code first} to {@code first + count} of the padded, spread picture. */
  private void fillBand(Plan p, int picture, int first, int count, long rowBytes, long band) {
    Tensor in = p.in;
    int channels = p.channels();
    long base = OffHeap.address(in) + 4 * picture * in.layout().stride(0);
    long pixel = in.layout().stride(2);
    long pixelBytes = (long) factors.bytes() * channels;
    int wide = (int) (rowBytes / pixelBytes);
    int present = Math.min((int) in.size(2), Math.ceilDiv(wide - p.left, p.spreadAcross));
    for (int i = 0; i < count; i++) {
      int at = first + i;
      long to = band + i * rowBytes;
      boolean inside = at >= 0 && at % p.spreadDown == 0 && at / p.spreadDown < in.size(1);
      if (!inside) {
        OffHeap.zero(to, rowBytes);
        continue;
      }
      long from = base + 4 * (at / p.spreadDown) * in.layout().stride(1);
      if (p.spreadAcross == 1 && pixel == channels) {
        OffHeap.zero(to, p.left * pixelBytes);
        factors.copy(from, present * channels, to + p.left * pixelBytes);
        long end = (p.left + present) * pixelBytes;
        OffHeap.zero(to + end, rowBytes - end);
      } else {
        OffHeap.zero(to, rowBytes);
        for (int x = 0; x < present; x++) {
          factors.copy(from + 4 * x * pixel, channels, to + (p.left + (long) x * p.spreadAcross) * pixelBytes);
        }
      }
    }
  }

  private void rows(
      Plan p, TileKernel kernel, int picture, int from, int to, int panel, long band, long rowBytes, long packed,
      long paddedBias, TileTarget target, long tile) {
    int channels = p.channels();
    int width = kernel.columns();
    int steps = factors.steps(p.kw * channels);
    long column = (long) panel * width;
    int columns = (int) Math.min(width, p.w.size(0) - column);
    Tensor out = p.out;
    long rowC = 4 * out.layout().stride(2);
    long base = OffHeap.address(out) + 4 * (picture * out.layout().stride(0) + column);
    for (int y = from; y < to; y++) {
      long line = band + (long) (y - from) * p.down * rowBytes;
      long rowA = (long) factors.bytes() * p.across * channels;
      long segmentB = 4L * steps * width;
      target.run(
          kernel, p.kh, rowBytes, segmentB, steps, line, rowA, 4, kernel.rows() * rowA, packed, 4L * width, p.width(),
          columns, base + 4 * (y * out.layout().stride(1)), rowC, 4, paddedBias + 4 * column, tile);
    }
  }
}
