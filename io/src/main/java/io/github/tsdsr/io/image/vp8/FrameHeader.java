package io.github.tsdsr.io.image.vp8;

/** What the first partition says before the macroblocks (RFC 6386, section 9), and from it quantisers and filters. */
final class FrameHeader {
  private static final int SEGMENTS = 4;

  /** The steps of one segment: first and further coefficients of luma, of luma's averages (Y2), and of chroma. */
  record Quantiser(int y1Dc, int y1Ac, int y2Dc, int y2Ac, int uvDc, int uvAc) {}

  /** How strongly block edges are smoothed; no limit: not at all. */
  record Filter(int limit, int interior, int highVariance) {}

  final boolean mapsSegments;
  final int[] segmentProbabilities = {255, 255, 255};
  final boolean simpleFilter;
  final Quantiser[] quantisers = new Quantiser[SEGMENTS];
  /** By segment; first of macroblocks predicted as a whole, then of those predicted in parts. */
  final Filter[][] filters = new Filter[SEGMENTS][2];
  final int partitions;
  final int[] tokens = Tables.TOKENS.clone();
  /** The probability that a macroblock has coefficients, or -1 if all are said to. */
  final int skipProbability;

  FrameHeader(BoolReader in) {
    in.number(2); // Colour space and clamping: a decoder that clamps always is right.
    boolean segmented = in.flag();
    boolean absolute = false;
    boolean maps = false;
    int[] quantiserOf = new int[SEGMENTS];
    int[] levelOf = new int[SEGMENTS];
    if (segmented) {
      maps = in.flag();
      if (in.flag()) {
        absolute = in.flag();
        for (int i = 0; i < SEGMENTS; i++) {
          quantiserOf[i] = in.optional(7);
        }
        for (int i = 0; i < SEGMENTS; i++) {
          levelOf[i] = in.optional(6);
        }
      }
      if (maps) {
        for (int i = 0; i < segmentProbabilities.length; i++) {
          segmentProbabilities[i] = in.flag() ? in.number(8) : 255;
        }
      }
    }
    mapsSegments = maps;
    simpleFilter = in.flag();
    int level = in.number(6);
    int sharpness = in.number(3);
    int keyFrameDelta = 0;
    int partsDelta = 0;
    if (in.flag() && in.flag()) {
      keyFrameDelta = in.optional(6);
      for (int i = 1; i < 4; i++) {
        in.optional(6);
      }
      partsDelta = in.optional(6);
      for (int i = 1; i < 4; i++) {
        in.optional(6);
      }
    }
    partitions = 1 << in.number(2);
    int base = in.number(7);
    int[] deltas = new int[5];
    for (int i = 0; i < deltas.length; i++) {
      deltas[i] = in.optional(4);
    }
    for (int s = 0; s < SEGMENTS; s++) {
      quantisers[s] = quantiser(!segmented ? base : absolute ? quantiserOf[s] : base + quantiserOf[s], deltas);
      int segmentLevel = !segmented ? level : absolute ? levelOf[s] : level + levelOf[s];
      filters[s][0] = filter(level == 0 ? 0 : segmentLevel + keyFrameDelta, sharpness);
      filters[s][1] = filter(level == 0 ? 0 : segmentLevel + keyFrameDelta + partsDelta, sharpness);
    }
    in.flag(); // Whether later frames keep these probabilities: there are none.
    for (int i = 0; i < tokens.length; i++) {
      if (in.bit(Tables.TOKEN_UPDATES[i]) != 0) {
        tokens[i] = in.number(8);
      }
    }
    skipProbability = in.flag() ? in.number(8) : -1;
  }

  private static Quantiser quantiser(int index, int[] deltas) {
    return new Quantiser(
        Tables.QUANTISER_DC[clamp(index + deltas[0], 127)],
        Tables.QUANTISER_AC[clamp(index, 127)],
        2 * Tables.QUANTISER_DC[clamp(index + deltas[1], 127)],
        Math.max(8, Tables.QUANTISER_AC[clamp(index + deltas[2], 127)] * 155 / 100),
        Tables.QUANTISER_DC[clamp(index + deltas[3], 117)],
        Tables.QUANTISER_AC[clamp(index + deltas[4], 127)]);
  }

  private static Filter filter(int unclamped, int sharpness) {
    int level = clamp(unclamped, 63);
    if (level == 0) {
      return new Filter(0, 0, 0);
    }
    int interior = sharpness == 0 ? level : Math.min(level >> (sharpness > 4 ? 2 : 1), 9 - sharpness);
    interior = Math.max(1, interior);
    return new Filter(2 * level + interior, interior, level >= 40 ? 2 : level >= 15 ? 1 : 0);
  }

  private static int clamp(int v, int most) {
    return Math.max(0, Math.min(most, v));
  }
}
