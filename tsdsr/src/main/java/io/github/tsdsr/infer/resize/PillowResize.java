package io.github.tsdsr.infer.resize;

import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.FloatPixels;
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
    PillowWindows windows = new PillowWindows(in.width(), width, filter);
    int[][] weights = windows.fixed(BITS);
    byte[] from = in.samples();
    byte[] to = out.samples();
    loop.over(in.height(), (first, end) -> {
      for (int y = first; y < end; y++) {
        int row = y * in.width() * channels;
        int at = y * width * channels;
        for (int x = 0; x < width; x++) {
          for (int c = 0; c < channels; c++) {
            int p = row + windows.first(x) * channels + c;
            int sum = 1 << (BITS - 1);
            for (int weight : weights[x]) {
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
    PillowWindows windows = new PillowWindows(in.height(), height, filter);
    int[][] weights = windows.fixed(BITS);
    byte[] from = in.samples();
    byte[] to = out.samples();
    loop.over(height, (first, end) -> {
      int[] sums = new int[stride];
      for (int y = first; y < end; y++) {
        Arrays.fill(sums, 1 << (BITS - 1));
        int row = windows.first(y) * stride;
        for (int weight : weights[y]) {
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

  /**
   * The same of floats, as Pillow resizes its pictures of mode F: nothing is rounded or clamped between the passes or after
   * them. Weights and sums are floats here, doubles there.
   *
   * @throws IllegalArgumentException if the size is not positive or too large for one array
   */
  public static FloatPixels resize(FloatPixels in, int width, int height, PillowFilter filter, RowLoop loop) {
    return width == in.width() && height == in.height() ? in : rows(in, width, height, 0, height, filter, loop);
  }

  /**
   * Some rows of the picture at another size, and no more is computed.
   *
   * @param height of the whole
   * @param firstRow the first of the rows, counted in the whole
   * @throws IllegalArgumentException if the size is not positive or the whole has no such rows
   */
  public static FloatPixels rows(
      FloatPixels in, int width, int height, int firstRow, int rows, PillowFilter filter, RowLoop loop) {
    if (firstRow < 0 || rows < 1 || firstRow > height - rows) {
      throw new IllegalArgumentException("rows " + firstRow + " to " + (firstRow + rows) + " of " + height);
    }
    PillowWindows windows = new PillowWindows(in.height(), height, filter);
    int least = windows.first(firstRow);
    int end = windows.end(firstRow + rows - 1);
    FloatPixels wide = horizontal(in, width, least, end - least, filter, loop);
    return vertical(wide, windows, firstRow, rows, least, loop);
  }

  private static FloatPixels horizontal(
      FloatPixels in, int width, int firstRow, int rows, PillowFilter filter, RowLoop loop) {
    if (width == in.width()) {
      return in.crop(0, firstRow, width, rows);
    }
    int channels = in.channels();
    FloatPixels out = FloatPixels.blank(width, rows, channels);
    PillowWindows windows = new PillowWindows(in.width(), width, filter);
    float[][] weights = windows.weights();
    float[] from = in.samples();
    float[] to = out.samples();
    loop.over(rows, (first, end) -> {
      for (int y = first; y < end; y++) {
        int row = (firstRow + y) * in.width() * channels;
        int at = y * width * channels;
        for (int x = 0; x < width; x++) {
          for (int c = 0; c < channels; c++) {
            int p = row + windows.first(x) * channels + c;
            float sum = 0;
            for (float weight : weights[x]) {
              sum += weight * from[p];
              p += channels;
            }
            to[at++] = sum;
          }
        }
      }
    });
    return out;
  }

  /** @param least the picture's first row in the numbers of the windows */
  private static FloatPixels vertical(
      FloatPixels in, PillowWindows windows, int firstRow, int rows, int least, RowLoop loop) {
    int stride = in.width() * in.channels();
    FloatPixels out = FloatPixels.blank(in.width(), rows, in.channels());
    float[][] weights = windows.weights();
    float[] from = in.samples();
    float[] to = out.samples();
    loop.over(rows, (first, end) -> {
      for (int y = first; y < end; y++) {
        int row = (windows.first(firstRow + y) - least) * stride;
        for (float weight : weights[firstRow + y]) {
          add(weight, from, row, to, y * stride, stride);
          row += stride;
        }
      }
    });
    return out;
  }

  private static void add(float weight, float[] from, int row, float[] to, int at, int count) {
    for (int i = 0; i < count; i++) {
      to[at + i] += weight * from[row + i];
    }
  }
}
