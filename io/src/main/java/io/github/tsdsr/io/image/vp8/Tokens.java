package io.github.tsdsr.io.image.vp8;

import java.util.Arrays;

/** Reads the coefficients of macroblocks (RFC 6386, section 13), and remembers which blocks had any. */
final class Tokens {
  /** Kinds of block: luma without its average, averages, chroma, luma with its average. */
  private static final int LUMA_AFTER_AVERAGES = 0;
  private static final int AVERAGES = 1;
  private static final int CHROMA = 2;
  private static final int LUMA = 3;
  private static final int CONTEXT = 11;
  private static final int BAND = 3 * CONTEXT;
  private static final int KIND = 8 * BAND;
  private static final int[] BAND_OF = {0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0};
  private static final int[] ZIGZAG = {0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15};
  /** Of the lower bits of large values, in four classes. */
  private static final int[][] LARGE = {{173, 148, 140}, {176, 155, 140, 135}, {180, 157, 141, 134, 130},
    {254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129}};
  private static final int U = 16;
  private static final int Y2 = 24;
  /** In a macroblock's context: 4 of luma, 2 of U, 2 of V, 1 of averages. */
  private static final int AVERAGES_CONTEXT = 8;
  private static final int CONTEXTS = 9;

  /** 25 blocks of 16: luma, U, V, averages. */
  final int[] coefficients = new int[25 * 16];
  private final int[] probabilities;
  private final boolean[] above;
  private final boolean[] left = new boolean[CONTEXTS];

  Tokens(int[] probabilities, int columns) {
    this.probabilities = probabilities;
    above = new boolean[columns * CONTEXTS];
  }

  void beginRow() {
    Arrays.fill(left, false);
  }

  /** A macroblock without coefficients. */
  void skip(int column, boolean hasAverages) {
    Arrays.fill(coefficients, 0);
    for (int i = 0; i < (hasAverages ? CONTEXTS : AVERAGES_CONTEXT); i++) {
      left[i] = false;
      above[column * CONTEXTS + i] = false;
    }
  }

  /**
   * Reads a macroblock's coefficients, times their steps; averages are spread to the luma blocks.
   *
   * @return whether any block of luma or chroma has one that is not zero
   */
  boolean read(BoolReader in, int column, boolean hasAverages, FrameHeader.Quantiser q) {
    Arrays.fill(coefficients, 0);
    int base = column * CONTEXTS;
    int kind = LUMA;
    int first = 0;
    if (hasAverages) {
      boolean some = block(in, AVERAGES, base, AVERAGES_CONTEXT, AVERAGES_CONTEXT, Y2, 0, q.y2Dc(), q.y2Ac()) > 0;
      left[AVERAGES_CONTEXT] = some;
      above[base + AVERAGES_CONTEXT] = some;
      Transform.averages(coefficients, Y2 * 16, coefficients);
      kind = LUMA_AFTER_AVERAGES;
      first = 1;
    }
    boolean any = blocks(in, kind, base, 0, 4, 0, first, q.y1Dc(), q.y1Ac());
    any |= blocks(in, CHROMA, base, 4, 2, U, 0, q.uvDc(), q.uvAc());
    any |= blocks(in, CHROMA, base, 6, 2, U + 4, 0, q.uvDc(), q.uvAc());
    return any;
  }

  private boolean blocks(BoolReader in, int kind, int base, int context, int side, int to, int first, int dc, int ac) {
    boolean any = false;
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int block = to + y * side + x;
        int end = block(in, kind, base, context + x, context + y, block, first, dc, ac);
        left[context + y] = end > first;
        above[base + context + x] = end > first;
        any |= end > 1 || coefficients[block * 16] != 0;
      }
    }
    return any;
  }

  /** Reads one block; returns behind its last token. */
  private int block(BoolReader in, int kind, int base, int across, int down, int block, int first, int dc, int ac) {
    int context = (above[base + across] ? 1 : 0) + (left[down] ? 1 : 0);
    int[] p = probabilities;
    int n = first;
    int node = kind * KIND + BAND_OF[n] * BAND + context * CONTEXT;
    while (n < 16) {
      if (in.bit(p[node]) == 0) {
        return n;
      }
      while (in.bit(p[node + 1]) == 0) {
        n++;
        if (n == 16) {
          return n;
        }
        node = kind * KIND + BAND_OF[n] * BAND;
      }
      int v = 1;
      context = 1;
      if (in.bit(p[node + 2]) != 0) {
        v = larger(in, node);
        context = 2;
      }
      coefficients[block * 16 + ZIGZAG[n]] = (in.flag() ? -v : v) * (n == 0 ? dc : ac);
      n++;
      node = kind * KIND + BAND_OF[n] * BAND + context * CONTEXT;
    }
    return n;
  }

  private int larger(BoolReader in, int node) {
    int[] p = probabilities;
    if (in.bit(p[node + 3]) == 0) {
      return in.bit(p[node + 4]) == 0 ? 2 : 3 + in.bit(p[node + 5]);
    }
    if (in.bit(p[node + 6]) == 0) {
      if (in.bit(p[node + 7]) == 0) {
        return 5 + in.bit(159);
      }
      return 7 + 2 * in.bit(165) + in.bit(145);
    }
    int high = in.bit(p[node + 8]);
    int size = 2 * high + in.bit(p[node + 9 + high]);
    int v = 0;
    for (int probability : LARGE[size]) {
      v = 2 * v + in.bit(probability);
    }
    return v + 3 + (8 << size);
  }
}
