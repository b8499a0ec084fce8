package io.github.tsdsr.io.image;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** PNG of 8 bits, RGB or RGB and alpha, with the picture's profile as an iCCP chunk. */
final class PngEncoder {
  private static final String TREE = "javax_imageio_png_1.0";

  private PngEncoder() {}

  static void write(Image image, OutputStream to) throws IOException {
    BufferedImage pixels = interleaved(image);
    ImageWriter writer = Codecs.jdkWriter("png");
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(to)) {
      IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(pixels), null);
      if (image.iccProfile().isPresent()) {
        IIOMetadataNode root = new IIOMetadataNode(TREE);
        root.appendChild(profile(image.iccProfile().get()));
        metadata.mergeTree(TREE, root);
      }
      writer.setOutput(out);
      writer.write(null, new IIOImage(pixels, null, metadata), null);
    } finally {
      writer.dispose();
    }
  }

  private static IIOMetadataNode profile(byte[] icc) throws IOException {
    ByteArrayOutputStream deflated = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(deflated)) {
      out.write(icc);
    }
    IIOMetadataNode chunk = new IIOMetadataNode("iCCP");
    chunk.setAttribute("profileName", "ICC profile");
    chunk.setAttribute("compressionMethod", "deflate");
    chunk.setUserObject(deflated.toByteArray());
    return chunk;
  }

  /** The samples where they are; only those with alpha are copied, to lie beside it. */
  static BufferedImage interleaved(Image image) {
    int width = image.width();
    int height = image.height();
    byte[] rgb = image.rgbBytes();
    byte[] alpha = image.alphaBytes();
    int bands = alpha == null ? 3 : 4;
    byte[] samples = rgb;
    if (alpha != null) {
      samples = new byte[Samples.count(width, height, bands)];
      for (int i = 0; i < alpha.length; i++) {
        System.arraycopy(rgb, 3 * i, samples, 4 * i, 3);
        samples[4 * i + 3] = alpha[i];
      }
    }
    int[] order = alpha == null ? new int[] {0, 1, 2} : new int[] {0, 1, 2, 3};
    ComponentColorModel colours = new ComponentColorModel(ColorSpace.getInstance(ColorSpace.CS_sRGB), alpha != null,
        false, alpha == null ? Transparency.OPAQUE : Transparency.TRANSLUCENT, DataBuffer.TYPE_BYTE);
    return new BufferedImage(colours, Raster.createInterleavedRaster(new DataBufferByte(samples, samples.length),
        width, height, width * bands, bands, order, null), false, null);
  }
}
