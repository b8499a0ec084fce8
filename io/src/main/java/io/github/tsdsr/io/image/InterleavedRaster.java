package io.github.tsdsr.io.image;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.DataBufferUShort;
import java.awt.image.Raster;

/** A picture as encoders take it: RGB, or RGB and alpha, of each pixel one after the other, with all their bits. */
final class InterleavedRaster {
  private static final int CHANNELS = 3;

  private InterleavedRaster() {}

  /** The samples where they are; only those with alpha are copied, to lie beside it. */
  static BufferedImage of(Image image, ColorSpace space) {
    boolean hasAlpha = image.hasAlpha();
    int bands = hasAlpha ? CHANNELS + 1 : CHANNELS;
    Object samples = image.samples();
    if (hasAlpha) {
      samples = beside(samples, image.alphaSamples(), image.width(), image.height());
    }
    DataBuffer buffer = samples instanceof byte[] bytes
        ? new DataBufferByte(bytes, bytes.length)
        : new DataBufferUShort((short[]) samples, ((short[]) samples).length);
    ComponentColorModel colours = new ComponentColorModel(space, hasAlpha, false,
        hasAlpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE, buffer.getDataType());
    int[] order = hasAlpha ? new int[] {0, 1, 2, 3} : new int[] {0, 1, 2};
    return new BufferedImage(colours, Raster.createInterleavedRaster(
        buffer, image.width(), image.height(), image.width() * bands, bands, order, null), false, null);
  }

  private static Object beside(Object rgb, Object alpha, int width, int height) {
    int count = Samples.count(width, height, CHANNELS + 1);
    Object out = rgb instanceof byte[] ? new byte[count] : new short[count];
    for (int i = 0; i < width * height; i++) {
      System.arraycopy(rgb, CHANNELS * i, out, (CHANNELS + 1) * i, CHANNELS);
      System.arraycopy(alpha, i, out, (CHANNELS + 1) * i + CHANNELS, 1);
    }
    return out;
  }
}
