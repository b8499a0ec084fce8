package io.github.tsdsr.io.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The alpha plane beside a lossy WebP picture: bare bytes or the green channel of a lossless stream, each then the
 * difference from a prediction by its neighbours.
 */
final class WebPAlpha {
  private static final int HORIZONTAL = 1;
  private static final int VERTICAL = 2;
  private static final int GRADIENT = 3;
  private static final int LOSSLESS_HEADER = 5;

  private WebPAlpha() {}

  /**
   * @param chunk the data of an ALPH chunk
   * @return width * height samples
   */
  static byte[] decode(ByteView chunk, int width, int height) {
    int flags = chunk.u8(0);
    byte[] plane = new byte[width * height];
    switch (flags & 3) {
      case 0 -> System.arraycopy(chunk.copy(1, plane.length), 0, plane, 0, plane.length);
      case 1 -> {
        byte[] rgb = WebPLossless.decode(withHeader(chunk, width, height), chunk.name()).rgbBytes();
        for (int i = 0; i < plane.length; i++) {
          plane[i] = rgb[3 * i + 1];
        }
      }
      default -> throw chunk.refuse("WebP alpha of compression " + (flags & 3) + ", expected 0 or 1");
    }
    addPrediction(plane, width, flags >> 2 & 3);
    return plane;
  }

  /** The alpha's stream leaves out the header that a picture's has: 0x2F, 14 bits each of width - 1 and height - 1. */
  private static byte[] withHeader(ByteView chunk, int width, int height) {
    ByteBuffer stream =
        ByteBuffer.allocate(LOSSLESS_HEADER + (int) chunk.size() - 1).order(ByteOrder.LITTLE_ENDIAN);
    return stream.put((byte) WebPLossless.SIGNATURE).putInt(width - 1 | height - 1 << 14)
        .put(chunk.copy(1, chunk.size() - 1)).array();
  }

  private static void addPrediction(byte[] plane, int width, int filter) {
    if (filter == 0) {
      return;
    }
    for (int i = 1; i < plane.length; i++) {
      int x = i % width;
      boolean firstRow = i < width;
      int prediction;
      if (firstRow || filter == HORIZONTAL && x > 0) {
        prediction = plane[i - 1];
      } else if (x == 0 || filter == VERTICAL) {
        prediction = plane[i - width];
      } else {
        assert filter == GRADIENT;
        int sum = (plane[i - 1] & 0xFF) + (plane[i - width] & 0xFF) - (plane[i - width - 1] & 0xFF);
        prediction = Math.max(0, Math.min(255, sum));
      }
      plane[i] += (byte) prediction;
    }
  }
}
