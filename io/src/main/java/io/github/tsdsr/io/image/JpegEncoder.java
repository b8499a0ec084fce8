package io.github.tsdsr.io.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** Baseline JPEG, YCbCr, with the picture's profile in APP2 segments. */
final class JpegEncoder {
  private static final String TREE = "javax_imageio_jpeg_image_1.0";
  private static final int APP2 = 0xE2;
  /** The longest side that the library under the JDK's writer takes. */
  private static final int MAX_SIDE = 65500;
  /** From here on, halved colour would be what one sees first. */
  private static final int FULL_COLOUR_QUALITY = 90;
  /** A segment's length field counts itself; behind it the introduction, the part's number and the number of parts. */
  private static final int PROFILE_PART = 65535 - 2 - JpegFile.ICC.length() - 2;

  private JpegEncoder() {}

  static void check(Image image, int quality) {
    if (quality < 1 || quality > 100) {
      throw new IllegalArgumentException("a JPEG quality of " + quality + ", expected 1 to 100");
    }
    if (image.width() > MAX_SIDE || image.height() > MAX_SIDE) {
      throw new IllegalArgumentException("a picture of " + image.width() + "x" + image.height()
          + " cannot be JPEG, whose sides are at most " + MAX_SIDE + "; PNG can hold it");
    }
  }

  static void write(Image image, int quality, OutputStream to) throws IOException {
    Image opaque = image.hasAlpha() ? overWhite(image) : image.rounded();
    BufferedImage pixels = InterleavedRaster.of(opaque, ColorSpace.getInstance(ColorSpace.CS_sRGB));
    ImageWriter writer = Codecs.jdkWriter("jpeg");
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(to)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality(quality / 100f);
      IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(pixels), param);
      Node root = metadata.getAsTree(TREE);
      if (quality >= FULL_COLOUR_QUALITY) {
        keepFullColour(root);
      }
      if (image.iccProfile().isPresent()) {
        addProfile(root, image.iccProfile().get());
      }
      metadata.setFromTree(TREE, root);
      writer.setOutput(out);
      writer.write(null, new IIOImage(pixels, null, metadata), param);
    } finally {
      writer.dispose();
    }
  }

  /** A sampling factor of 1 for all components: 4:4:4. */
  private static void keepFullColour(Node root) {
    NodeList components = ((IIOMetadataNode) root).getElementsByTagName("componentSpec");
    for (int i = 0; i < components.getLength(); i++) {
      ((IIOMetadataNode) components.item(i)).setAttribute("HsamplingFactor", "1");
      ((IIOMetadataNode) components.item(i)).setAttribute("VsamplingFactor", "1");
    }
  }

  private static void addProfile(Node root, byte[] icc) {
    Node markers = ((IIOMetadataNode) root).getElementsByTagName("markerSequence").item(0);
    Node first = markers.getFirstChild();
    int parts = (icc.length + PROFILE_PART - 1) / PROFILE_PART;
    byte[] introduction = JpegFile.ICC.getBytes(StandardCharsets.US_ASCII);
    for (int part = 0; part < parts; part++) {
      byte[] some = Arrays.copyOfRange(icc, part * PROFILE_PART, Math.min(icc.length, (part + 1) * PROFILE_PART));
      byte[] data = Arrays.copyOf(introduction, introduction.length + 2 + some.length);
      data[introduction.length] = (byte) (part + 1);
      data[introduction.length + 1] = (byte) parts;
      System.arraycopy(some, 0, data, introduction.length + 2, some.length);
      IIOMetadataNode segment = new IIOMetadataNode("unknown");
      segment.setAttribute("MarkerTag", Integer.toString(APP2));
      segment.setUserObject(data);
      markers.insertBefore(segment, first);
    }
  }

  private static Image overWhite(Image image) {
    byte[] rgb = image.rgb();
    byte[] alpha = image.alphaBytes();
    for (int i = 0; i < rgb.length; i++) {
      int a = alpha[i / 3] & 0xFF;
      rgb[i] = (byte) (((rgb[i] & 0xFF) * a + 255 * (255 - a) + 127) / 255);
    }
    return Image.owning(image.width(), image.height(), rgb, null);
  }
}
