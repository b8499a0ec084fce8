package io.github.tsdsr.data;

import io.github.tsdsr.pixel.BytePixels;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * What JPEG at a quality of 1..100 leaves of an RGB picture: baseline, YCbCr with halved colour (4:2:0), the standard
 * tables scaled as the Independent JPEG Group's library does. The JDK's own codec, whatever other plug-ins are about.
 */
final class Jpeg {
  private static final String JDK_CODEC = "com.sun.imageio.";

  private Jpeg() {}

  static BytePixels roundTrip(BytePixels rgb, int quality) {
    return decode(encode(rgb, quality));
  }

  static byte[] encode(BytePixels rgb, int quality) {
    if (rgb.channels() != 3 || quality < 1 || quality > 100) {
      throw new IllegalArgumentException("JPEG of " + rgb.channels() + " channels at quality " + quality
          + ": expected 3 channels and a quality of 1 to 100");
    }
    ImageWriter writer = jdks(ImageIO.getImageWritersByFormatName("jpeg"));
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
        ImageWriteParam param = writer.getDefaultWriteParam();
        param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        param.setCompressionQuality(quality / 100f);
        writer.setOutput(out);
        writer.write(null, new IIOImage(image(rgb), null, null), param);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
  }

  private static BytePixels decode(byte[] jpeg) {
    ImageReader reader = jdks(ImageIO.getImageReadersByFormatName("jpeg"));
    try (MemoryCacheImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(jpeg))) {
      reader.setInput(in, true, true);
      Raster raster = reader.read(0).getRaster();
      byte[] samples = new byte[raster.getWidth() * raster.getHeight() * 3];
      int[] row = new int[raster.getWidth() * 3];
      for (int y = 0; y < raster.getHeight(); y++) {
        // Bands are red, green, blue in whatever order the bytes lie.
        raster.getPixels(0, y, raster.getWidth(), 1, row);
        for (int i = 0; i < row.length; i++) {
          samples[y * row.length + i] = (byte) row[i];
        }
      }
      return new BytePixels(raster.getWidth(), raster.getHeight(), 3, samples);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      reader.dispose();
    }
  }

  private static <T> T jdks(Iterator<T> codecs) {
    while (codecs.hasNext()) {
      T codec = codecs.next();
      if (codec.getClass().getName().startsWith(JDK_CODEC)) {
        return codec;
      }
    }
    throw new IllegalStateException("this Java runtime has no JPEG codec of its own (module java.desktop)");
  }

  private static BufferedImage image(BytePixels rgb) {
    int width = rgb.width();
    int height = rgb.height();
    WritableRaster raster = Raster.createInterleavedRaster(new DataBufferByte(rgb.samples(), rgb.samples().length),
        width, height, 3 * width, 3, new int[] {0, 1, 2}, null);
    return new BufferedImage(new ComponentColorModel(ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false,
        Transparency.OPAQUE, DataBuffer.TYPE_BYTE), raster, false, null);
  }
}
