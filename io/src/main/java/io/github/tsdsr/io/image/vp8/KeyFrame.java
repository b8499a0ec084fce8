package io.github.tsdsr.io.image.vp8;

import io.github.tsdsr.io.FormatException;
import java.util.Arrays;

/** Decodes a VP8 key frame to RGB, to the byte as libwebp does. One use, one thread. */
public final class KeyFrame {
  private static final int HEADER = 10;
  private static final int PARTS = 4;
  private static final int INNER = 8;
  /** Trees of modes (RFC 6386, sections 8.1 and 11.2): positive is the next pair, else the mode, negated. */
  private static final int[] PART_TREE = {0, 2, -1, 4, -2, 6, 8, 12, -3, 10, -5, -6, -4, 14, -7, 16, -8, -9};
  private static final int U = 16;
  private static final int V = 20;

  private final byte[] data;
  private final String name;
  private final int width;
  private final int height;
  private final int columns;
  private final int rows;
  private final BoolReader modes;
  private final FrameHeader header;
  private final BoolReader[] partitions;
  private final Tokens tokens;
  private final Plane luma;
  private final Plane u;
  private final Plane v;
  /** Of each macroblock: its segment, whether it is predicted in parts, whether its inner edges are smoothed. */
  private final byte[] smoothing;
  private final int[] aboveParts;
  private final int[] leftParts = new int[4];
  private final int[] parts = new int[16];

  private KeyFrame(byte[] data, String name) {
    this.data = data;
    this.name = name;
    if (data.length < HEADER || data[3] != (byte) 0x9D || data[4] != 1 || data[5] != 0x2A) {
      throw refuse("lossy WebP data without their header");
    }
    int tag = data[0] & 0xFF | (data[1] & 0xFF) << 8 | (data[2] & 0xFF) << 16;
    if ((tag & 1) != 0 || (tag >> 1 & 7) > 3) {
      throw refuse("lossy WebP data that are no key frame of a known profile");
    }
    width = data[6] & 0xFF | (data[7] & 0x3F) << 8;
    height = data[8] & 0xFF | (data[9] & 0x3F) << 8;
    int firstEnd = HEADER + (tag >> 5);
    if (width == 0 || height == 0 || firstEnd > data.length) {
      throw refuse("ends early: " + data.length + " bytes of lossy WebP data, expected at least " + firstEnd);
    }
    columns = (width + 15) / 16;
    rows = (height + 15) / 16;
    modes = new BoolReader(data, HEADER, firstEnd);
    header = new FrameHeader(modes);
    partitions = partitions(firstEnd);
    tokens = new Tokens(header.tokens, columns);
    luma = new Plane(16 * columns, 16 * rows);
    u = new Plane(8 * columns, 8 * rows);
    v = new Plane(8 * columns, 8 * rows);
    smoothing = new byte[columns * rows];
    aboveParts = new int[4 * columns];
  }

  /**
   * Decodes a frame.
   *
   * @param data the data of a WebP file's "VP8 " chunk
   * @param name what messages call the file
   * @return 3 * width * height bytes, red, green, blue of each pixel, rows from the top
   * @throws FormatException if the data are damaged or cut off
   */
  public static byte[] decode(byte[] data, String name) {
    return new KeyFrame(data, name).rgb();
  }

  private FormatException refuse(String problem) {
    return new FormatException(name, problem);
  }

  /** Where the coefficients lie: sizes of all partitions but the last, three bytes each, then the partitions. */
  private BoolReader[] partitions(int from) {
    int count = header.partitions;
    int at = from + 3 * (count - 1);
    if (at > data.length) {
      throw refuse("ends early: no place for the " + count + " parts of lossy WebP data");
    }
    BoolReader[] out = new BoolReader[count];
    for (int i = 0; i < count; i++) {
      int end = data.length;
      if (i < count - 1) {
        int s = from + 3 * i;
        end = Math.min(end, at + (data[s] & 0xFF | (data[s + 1] & 0xFF) << 8 | (data[s + 2] & 0xFF) << 16));
      }
      out[i] = new BoolReader(data, at, end);
      at = end;
    }
    return out;
  }

  private byte[] rgb() {
    for (int y = 0; y < rows; y++) {
      BoolReader in = partitions[y & header.partitions - 1];
      tokens.beginRow();
      Arrays.fill(leftParts, Prediction.AVERAGE);
      for (int x = 0; x < columns; x++) {
        macroblock(x, y, in);
        if (in.isPastEnd() || modes.isPastEnd()) {
          throw refuse("ends early: lossy WebP data stop in row " + 16 * y + " of " + height);
        }
      }
      luma.extend(16 * y + 15);
    }
    smooth();
    return Colours.toRgb(luma, u, v, width, height);
  }

  private void macroblock(int x, int y, BoolReader in) {
    int segment = header.mapsSegments ? segment() : 0;
    boolean skipped = header.skipProbability >= 0 && modes.bit(header.skipProbability) != 0;
    boolean inParts = modes.bit(145) == 0;
    int mode = inParts ? readParts(x) : readWhole(x);
    int chromaMode = modes.bit(142) == 0 ? Prediction.AVERAGE
        : modes.bit(114) == 0 ? Prediction.FROM_ABOVE
            : modes.bit(183) == 0 ? Prediction.FROM_LEFT : Prediction.GRADIENT;
    boolean coded = false;
    if (skipped) {
      tokens.skip(x, !inParts);
    } else {
      coded = tokens.read(in, x, !inParts, header.quantisers[segment]);
    }
    smoothing[y * columns + x] = (byte) (segment | (inParts ? PARTS : 0) | (coded || inParts ? INNER : 0));
    if (inParts) {
      predictParts(x, y);
    } else {
      Prediction.square(mode, luma.samples, luma.at(16 * x, 16 * y), luma.stride, 16, y > 0, x > 0);
      add(luma, 0, 4, luma.at(16 * x, 16 * y));
    }
    for (Plane plane : new Plane[] {u, v}) {
      int at = plane.at(8 * x, 8 * y);
      Prediction.square(chromaMode, plane.samples, at, plane.stride, 8, y > 0, x > 0);
      add(plane, plane == u ? U : V, 2, at);
    }
  }

  private int segment() {
    int[] p = header.segmentProbabilities;
    return modes.bit(p[0]) == 0 ? modes.bit(p[1]) : 2 + modes.bit(p[2]);
  }

  private int readWhole(int x) {
    int mode;
    if (modes.bit(156) == 0) {
      mode = modes.bit(163) == 0 ? Prediction.AVERAGE : Prediction.FROM_ABOVE;
    } else {
      mode = modes.bit(128) == 0 ? Prediction.FROM_LEFT : Prediction.GRADIENT;
    }
    Arrays.fill(aboveParts, 4 * x, 4 * x + 4, mode);
    Arrays.fill(leftParts, mode);
    return mode;
  }

  /** The modes of the 16 parts, each likely to be as its neighbours'. */
  private int readParts(int x) {
    for (int i = 0; i < 16; i++) {
      int above = aboveParts[4 * x + i % 4];
      int base = (above * 10 + leftParts[i / 4]) * 9;
      int node = 0;
      do {
        node = PART_TREE[node + modes.bit(Tables.SUB_MODES[base + node / 2])];
      } while (node > 0);
      parts[i] = -node;
      aboveParts[4 * x + i % 4] = -node;
      leftParts[i / 4] = -node;
    }
    return 0;
  }

  private void predictParts(int x, int y) {
    int corner = luma.at(16 * x, 16 * y);
    for (int i = 0; i < 16; i++) {
      int at = corner + i / 4 * 4 * luma.stride + i % 4 * 4;
      // What is right of the macroblock is not there yet: all four rows take what lies above and to the right of it.
      int right = i % 4 == 3 ? corner - luma.stride + 16 : at - luma.stride + 4;
      Prediction.block(parts[i], luma.samples, at, luma.stride, right);
      addBlock(luma, i, at);
    }
  }

  private void add(Plane plane, int block, int side, int corner) {
    for (int i = 0; i < side * side; i++) {
      addBlock(plane, block + i, corner + i / side * 4 * plane.stride + i % side * 4);
    }
  }

  private void addBlock(Plane plane, int block, int at) {
    int[] c = tokens.coefficients;
    for (int i = 16 * block; i < 16 * block + 16; i++) {
      if (c[i] != 0) {
        Transform.add(c, 16 * block, plane.samples, at, plane.stride);
        return;
      }
    }
  }

  private void smooth() {
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < columns; x++) {
        int how = smoothing[y * columns + x];
        FrameHeader.Filter filter = header.filters[how & 3][(how & PARTS) == 0 ? 0 : 1];
        if (filter.limit() == 0) {
          continue;
        }
        boolean inner = (how & INNER) != 0;
        if (header.simpleFilter) {
          smoothSimply(luma.at(16 * x, 16 * y), x > 0, y > 0, inner, filter.limit());
        } else {
          smooth(luma, luma.at(16 * x, 16 * y), 16, x > 0, y > 0, inner, filter);
          smooth(u, u.at(8 * x, 8 * y), 8, x > 0, y > 0, inner, filter);
          smooth(v, v.at(8 * x, 8 * y), 8, x > 0, y > 0, inner, filter);
        }
      }
    }
  }

  private void smoothSimply(int at, boolean left, boolean above, boolean inner, int limit) {
    byte[] p = luma.samples;
    int stride = luma.stride;
    for (int edge = left ? 0 : 4; edge < (inner ? 16 : 4); edge += 4) {
      EdgeFilter.simple(p, at + edge, 1, stride, 16, edge == 0 ? limit + 4 : limit);
    }
    for (int edge = above ? 0 : 4; edge < (inner ? 16 : 4); edge += 4) {
      EdgeFilter.simple(p, at + edge * stride, stride, 1, 16, edge == 0 ? limit + 4 : limit);
    }
  }

  private static void smooth(
      Plane plane, int at, int side, boolean left, boolean above, boolean inner, FrameHeader.Filter filter) {
    byte[] p = plane.samples;
    int stride = plane.stride;
    if (left) {
      EdgeFilter.outer(p, at, 1, stride, side, filter.limit() + 4, filter);
    }
    for (int edge = 4; inner && edge < side; edge += 4) {
      EdgeFilter.inner(p, at + edge, 1, stride, side, filter);
    }
    if (above) {
      EdgeFilter.outer(p, at, stride, 1, side, filter.limit() + 4, filter);
    }
    for (int edge = 4; inner && edge < side; edge += 4) {
      EdgeFilter.inner(p, at + edge * stride, stride, 1, side, filter);
    }
  }
}
