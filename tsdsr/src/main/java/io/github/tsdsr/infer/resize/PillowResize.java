package io.github.tsdsr.infer.resize;

import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.RowLoop;
import java.util.Arrays;

/**
 * Resizing of bytes as Pillow's {@code Image.resize} does it, bit for bit: antialiased (the kernel widens when the
 * picture shrinks), rows first, rounded to bytes between the two passes, weights in fixed point with 22 binary
 * places. A pass that would keep the size is left out.
 */
public final class PillowResize {
  private static final int BITS = 22;

  private PillowResize() {}

  /**
   * The picture at another size; at its own size the picture itself.
   *
   * @throws IllegalArgumentException if the size is not positive or too large for one array
   */
  public static BytePixels resize(BytePixels in, int width, int height, PillowFilter filter, RowLoop loop) {
    return vertical(horizontal(in, width, filter, loop), height, filter, loop);
  }

  private static BytePixels horizontal(BytePixels in, int width, PillowFilter filter, RowLoop loop) {
    if (width == in.width()) {
      return in;
    }
    int channels = in.channels();
    BytePixels out = BytePixels.blank(width, in.height(), channels);
    Windows windows = new Windows(in.width(), width, filter);
    byte[] from = in.samples();
    byte[] to = out.samples();
    loop.over(in.height(), (first, end) -> {
      for (int y = first; y < end; y++) {
        int row = y * in.width() * channels;
        int at = y * width * channels;
        for (int x = 0; x < width; x++) {
          int[] weights = windows.weights[x];
          for (int c = 0; c < channels; c++) {
            int p = row + windows.first[x] * channels + c;
            int sum = 1 << (BITS - 1);
            for (int weight : weights) {
              sum += weight * (from[p] & 0xFF);
              p += channels;
            }
            to[at++] = clip(sum);
          }
        }
      }
    });
    return out;
  }

  private static BytePixels vertical(BytePixels in, int height, PillowFilter filter, RowLoop loop) {
    if (height == in.height()) {
      return in;
    }
    int stride = in.width() * in.channels();
    BytePixels out = BytePixels.blank(in.width(), height, in.channels());
    Windows windows = new Windows(in.height(), height, filter);
    byte[] from = in.samples();
    byte[] to = out.samples();
    loop.over(height, (first, end) -> {
      int[] sums = new int[stride];
      for (int y = first; y < end; y++) {
        Arrays.fill(sums, 1 << (BITS - 1));
        int row = windows.first[y] * stride;
        for (int weight : windows.weights[y]) {
          add(weight, from, row, sums);
          row += stride;
        }
        int at = y * stride;
        for (int i = 0; i < stride; i++) {
          to[at + i] = clip(sums[i]);
        }
      }
    });
    return out;
  }

  private static void add(int weight, byte[] from, int row, int[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += weight * (from[row + i] & 0xFF);
    }
  }

  private static byte clip(int sum) {
    return (byte) Math.min(Math.max(sum >> BITS, 0), 255);
  }

  /** For every output of one side: the first input it reads and the fixed-point weights from there on. */
  private static final class Windows {
    final int[] first;
    final int[][] weights;

    Windows(int from, int to, PillowFilter filter) {
      first = new int[to];
      weights = new int[to][];
      double scale = (double) from / to;
      double stretch = Math.max(scale, 1.0);
      double support = filter.radius * stretch;
      for (int i = 0; i < to; i++) {
        double centre = (i + 0.5) * scale;
        int low = Math.max((int) (centre - support + 0.5), 0);
        int high = Math.min((int) (centre + support + 0.5), from);
        double[] exact = new double[high - low];
        double total = 0;
        for (int j = low; j < high; j++) {
          exact[j - low] = filter.kernel((j - centre + 0.5) / stretch);
          total += exact[j - low];
        }
        first[i] = low;
        weights[i] = new int[exact.length];
        for (int j = 0; j < exact.length; j++) {
          double scaled = exact[j] / total * (1 << BITS);
          weights[i][j] = (int) (scaled < 0 ? scaled - 0.5 : scaled + 0.5);
        }
      }
    }
  }
}
