package io.github.tsdsr.kernels.cpu;

import static io.github.tsdsr.kernels.cpu.OffHeap.ALL;
import static io.github.tsdsr.kernels.cpu.OffHeap.SHORT;
import static io.github.tsdsr.kernels.cpu.OffHeap.get;

import io.github.tsdsr.tensor.Numbers;
import io.github.tsdsr.tensor.Tensor;

/**
 * The kernels of a {@link WinogradConvolution} as the right factors of its products: G g G^T in panels as wide as a tile,
 * [product][panel][step][column], zeros beyond the last output. In BF16 two neighbouring channels make a step.
 *
 * @param w (O,3,3,C), strides in elements
 * @param count of the panels
 */
record WinogradPanels(Tensor w, TileKernel kernel, int factorBytes, int count) {
  private static final int PRODUCTS = WinogradConvolution.PRODUCTS;
  /** Channels that are transformed together. */
  private static final int CHANNELS = 16;
  private static final long VECTORS_BYTES = PRODUCTS * 4L * Lanes.COUNT;

  static WinogradPanels of(Tensor w, TileKernels kernels, int factorBytes) {
    TileKernel kernel = kernels.forColumns(w.size(0));
    return new WinogradPanels(w, kernel, factorBytes, Math.ceilDiv((int) w.size(0), kernel.columns()));
  }

  /** Outputs, filled up to whole panels. */
  int columns() {
    return count * kernel.columns();
  }

  /** Bytes of one product's panels. */
  private long productBytes() {
    return count * panelBytes();
  }

  private long panelBytes() {
    return factorBytes * w.size(3) * kernel.columns();
  }

  /** Bytes of all panels. */
  long bytes() {
    return PRODUCTS * productBytes();
  }

  /** Where one product's panel lies. */
  long offset(int product, int panel) {
    return product * productBytes() + panel * panelBytes();
  }

  /** Bytes of one tap, or of one result, of the channels that are transformed together. */
  private long tapBytes() {
    return 4L * CHANNELS * kernel.columns();
  }

  /** Bytes of room for packing. */
  long roomBytes() {
    return VECTORS_BYTES + (9 + PRODUCTS) * tapBytes();
  }

  /**
   * Packs a panel's kernels for all products.
   *
   * @param packed where all panels lie
   */
  void pack(int panel, long packed, long room, WinogradLoops loops) {
    int width = kernel.columns();
    long taps = room + VECTORS_BYTES;
    long results = taps + 9 * tapBytes();
    for (int c = 0; c < w.size(3); c += CHANNELS) {
      int channels = (int) Math.min(CHANNELS, w.size(3) - c);
      for (int tap = 0; tap < 9; tap++) {
        Packing.columns(
            tap(tap), c, channels, (long) panel * width, width, 1, taps + tap * tapBytes());
      }
      long to = packed + offset(0, panel) + (long) factorBytes * c * width;
      if (factorBytes == Float.BYTES) {
        loops.kernels(taps, tapBytes(), channels * width, to, productBytes(), room);
      } else {
        loops.kernels(taps, tapBytes(), channels * width, results, tapBytes(), room);
        for (int i = 0; i < PRODUCTS; i++) {
          round(results + i * tapBytes(), channels, to + i * productBytes());
        }
      }
    }
  }

  /** One tap of all kernels: rows are channels, columns outputs. */
  private Matrix tap(int tap) {
    long offset = tap / 3 * w.layout().stride(1) + tap % 3 * w.layout().stride(2);
    return new Matrix(
        OffHeap.address(w) + offset * w.dtype().bytes(), w.dtype(), w.size(3), w.size(0), w.layout().stride(3),
        w.layout().stride(0));
  }

  /** To BF16: rows of channels become steps of two. */
  private void round(long from, int channels, long to) {
    int width = kernel.columns();
    for (int c = 0; c < channels; c++) {
      for (int j = 0; j < width; j++) {
        ALL.set(
            SHORT, to + 4L * (c / 2 * width + j) + c % 2 * 2,
            Numbers.floatToBf16(get(from + 4L * (c * width + j))));
      }
    }
  }
}
