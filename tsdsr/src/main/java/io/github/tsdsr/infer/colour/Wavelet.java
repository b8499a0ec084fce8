package io.github.tsdsr.infer.colour;

import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.RowLoop;

/**
 * The undecimated ("a trous") wavelet split: low_0 = x and low_i = low_{i-1} blurred by [1 2 1]x[1 2 1]/16 with its
 * taps 2^(i-1) pixels apart and the edges repeated; the details are x - low_n.
 */
public final class Wavelet {
  /** The levels of colour alignment; the widest taps are 16 pixels apart. */
  public static final int LEVELS = 5;

  private Wavelet() {}

  /**
   * low_levels of x, a new picture.
   *
   * @throws IllegalArgumentException if levels is not in 1..16
   */
  public static FloatPixels low(FloatPixels x, int levels, RowLoop loop) {
    if (levels < 1 || levels > 16) {
      throw new IllegalArgumentException("levels: " + levels + ", expected 1 to 16");
    }
    FloatPixels between = FloatPixels.blank(x.width(), x.height(), x.channels());
    FloatPixels out = FloatPixels.blank(x.width(), x.height(), x.channels());
    FloatPixels from = x;
    for (int level = 0; level < levels; level++) {
      int distance = 1 << level;
      alongRows(from, distance, between, loop);
      alongColumns(between, distance, out, loop);
      from = out;
    }
    return out;
  }

  /**
   * The details of one picture on the colours of another: target - low_5(target) + low_5(reference), not clamped.
   *
   * @throws IllegalArgumentException if their sizes differ
   */
  public static FloatPixels align(FloatPixels target, FloatPixels reference, RowLoop loop) {
    if (target.width() != reference.width() || target.height() != reference.height()
        || target.channels() != reference.channels()) {
      throw new IllegalArgumentException("the reference is " + reference.width() + "x" + reference.height() + " with "
          + reference.channels() + " channels, expected " + target.width() + "x" + target.height() + " with "
          + target.channels());
    }
    // The blur is linear: one of the difference replaces two.
    float[] t = target.samples();
    float[] r = reference.samples();
    FloatPixels difference = FloatPixels.blank(target.width(), target.height(), target.channels());
    float[] d = difference.samples();
    int stride = target.width() * target.channels();
    loop.over(target.height(), (first, end) -> {
      for (int i = first * stride; i < end * stride; i++) {
        d[i] = r[i] - t[i];
      }
    });
    FloatPixels out = low(difference, LEVELS, loop);
    float[] o = out.samples();
    loop.over(target.height(), (first, end) -> {
      for (int i = first * stride; i < end * stride; i++) {
        o[i] += t[i];
      }
    });
    return out;
  }

  private static void alongRows(FloatPixels from, int distance, FloatPixels to, RowLoop loop) {
    int channels = from.channels();
    int width = from.width();
    int stride = width * channels;
    int shift = distance * channels;
    float[] in = from.samples();
    float[] out = to.samples();
    loop.over(from.height(), (first, end) -> {
      for (int y = first; y < end; y++) {
        int row = y * stride;
        for (int x = 0; x < width; x++) {
          if (x == distance && x < width - distance) {
            int inner = (width - 2 * distance) * channels;
            blur(in, row, row + shift, row + 2 * shift, out, row + shift, inner);
            x = width - distance;
          }
          int before = row + Math.max(x - distance, 0) * channels;
          int after = row + Math.min(x + distance, width - 1) * channels;
          blur(in, before, row + x * channels, after, out, row + x * channels, channels);
        }
      }
    });
  }

  private static void alongColumns(FloatPixels from, int distance, FloatPixels to, RowLoop loop) {
    int stride = from.width() * from.channels();
    int last = from.height() - 1;
    loop.over(from.height(), (first, end) -> {
      for (int y = first; y < end; y++) {
        blur(from.samples(), Math.max(y - distance, 0) * stride, y * stride, Math.min(y + distance, last) * stride,
            to.samples(), y * stride, stride);
      }
    });
  }

  private static void blur(float[] in, int before, int here, int after, float[] out, int at, int count) {
    for (int i = 0; i < count; i++) {
      out[at + i] = 0.25f * in[before + i] + 0.5f * in[here + i] + 0.25f * in[after + i];
    }
  }
}
