package io.github.tsdsr.golden;

import io.github.tsdsr.pixel.BytePixels;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** RGB pictures of the golden data. */
public final class GoldenPictures {
  private GoldenPictures() {}

  /** Reads {@code golden/<path>}, an 8-bit RGB PNG. */
  public static BytePixels png(String path) {
    try {
      BufferedImage image = ImageIO.read(new ByteArrayInputStream(GoldenTensors.bytes(path)));
      if (image.getType() != BufferedImage.TYPE_3BYTE_BGR) {
        throw new IllegalStateException(path + " has type " + image.getType());
      }
      byte[] bgr = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
      BytePixels out = BytePixels.blank(image.getWidth(), image.getHeight(), 3);
      for (int i = 0; i < bgr.length; i += 3) {
        for (int c = 0; c < 3; c++) {
          out.samples()[i + c] = bgr[i + 2 - c];
        }
      }
      return out;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
