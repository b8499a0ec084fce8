package io.github.tsdsr.io.image;

import com.twelvemonkeys.imageio.plugins.webp.lossless.VP8LDecoder;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Bare VP8L streams, by TwelveMonkeys' decoder. Not by its reader: that converts colours by the file's profile, and takes
 * smooth alpha planes of a hundred bytes for an attack.
 */
final class WebPLossless {
  static final int SIGNATURE = 0x2F;
  /** The decoder looks eight bytes ahead, and takes it ill if they are not there. */
  private static final int LOOK_AHEAD = 8;

  private WebPLossless() {}

  /**
   * Decodes a stream.
   *
   * @param stream from the signature on
   */
  static Image decode(byte[] stream, String name) {
    ByteView header = ByteView.of(stream, name);
    int width = width(header);
    int height = height(header);
    boolean hasAlpha = (header.i32le(1) >> 28 & 1) != 0;
    WritableRaster raster =
        Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, width, height, Samples.count(width, 1, 4), 4,
            new int[] {0, 1, 2, 3}, null);
    Codecs.refusing(name, () -> {
      try (BytesInput input = new BytesInput(Arrays.copyOf(stream, stream.length + LOOK_AHEAD))) {
        input.setByteOrder(ByteOrder.LITTLE_ENDIAN);
        new VP8LDecoder(input, false).readVP8Lossless(raster, true, null, width, height);
        return raster;
      }
    });
    byte[] rgba = ((DataBufferByte) raster.getDataBuffer()).getData();
    byte[] rgb = new byte[3 * width * height];
    byte[] alpha = hasAlpha ? new byte[width * height] : null;
    for (int i = 0; i < width * height; i++) {
      System.arraycopy(rgba, 4 * i, rgb, 3 * i, 3);
      if (hasAlpha) {
        alpha[i] = rgba[4 * i + 3];
      }
    }
    return Image.owning(width, height, rgb, alpha);
  }

  static int width(ByteView stream) {
    return 1 + (stream.i32le(1) & 0x3FFF);
  }

  static int height(ByteView stream) {
    return 1 + (stream.i32le(1) >> 14 & 0x3FFF);
  }
}
