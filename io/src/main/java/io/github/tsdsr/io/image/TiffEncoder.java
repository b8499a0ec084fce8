package io.github.tsdsr.io.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.plugins.tiff.BaselineTIFFTagSet;
import javax.imageio.plugins.tiff.TIFFDirectory;
import javax.imageio.plugins.tiff.TIFFField;
import javax.imageio.plugins.tiff.TIFFTag;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** TIFF 6.0 of 8 or 16 bits, RGB or RGB and alpha, deflated as differences, with the picture's profile. */
final class TiffEncoder {
  /** Offsets have 32 bits; what deflating cannot make smaller it makes little larger. */
  private static final long MAX_SAMPLE_BYTES = 4_000_000_000L;
  /** The TIFF reader's name for deflated data of Adobe's kind. */
  private static final String DEFLATE = "ZLib";

  private TiffEncoder() {}

  static void check(Image image) {
    long samples = (long) image.width() * image.height() * (image.hasAlpha() ? 4 : 3);
    if (samples * image.bitsPerSample() / 8 > MAX_SAMPLE_BYTES) {
      throw new IllegalArgumentException("a picture of " + image + " cannot be TIFF, whose files are below 4 GB");
    }
  }

  static void write(Image image, OutputStream to) throws IOException {
    BufferedImage pixels = InterleavedRaster.of(image, ColorSpace.getInstance(ColorSpace.CS_sRGB));
    ImageWriter writer = Codecs.jdkWriter("tiff");
    try (ImageOutputStream out = new MemoryCacheImageOutputStream(to)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionType(DEFLATE);
      writer.setOutput(out);
      writer.write(null, new IIOImage(pixels, null, metadata(image, pixels, writer, param)), param);
    } finally {
      writer.dispose();
    }
  }

  private static IIOMetadata metadata(Image image, BufferedImage pixels, ImageWriter writer, ImageWriteParam param)
      throws IOException {
    TIFFDirectory tags = TIFFDirectory.createFromMetadata(
        writer.getDefaultImageMetadata(new ImageTypeSpecifier(pixels), param));
    BaselineTIFFTagSet known = BaselineTIFFTagSet.getInstance();
    tags.addTIFFField(new TIFFField(
        known.getTag(BaselineTIFFTagSet.TAG_PREDICTOR), BaselineTIFFTagSet.PREDICTOR_HORIZONTAL_DIFFERENCING));
    image.iccProfile().ifPresent(icc -> tags.addTIFFField(new TIFFField(
        known.getTag(BaselineTIFFTagSet.TAG_ICC_PROFILE), TIFFTag.TIFF_UNDEFINED, icc.length, icc)));
    return tags.getAsMetadata();
  }
}
