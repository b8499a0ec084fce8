package io.github.tsdsr.io.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
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

/** PNG of 8 or 16 bits, RGB or RGB and alpha, with the picture's profile as an iCCP chunk. */
final class PngEncoder {
  private static final String TREE = "javax_imageio_png_1.0";

  private PngEncoder() {}

  static void write(Image image, OutputStream to) throws IOException {
    BufferedImage pixels = InterleavedRaster.of(image, ColorSpace.getInstance(ColorSpace.CS_sRGB));
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
}
