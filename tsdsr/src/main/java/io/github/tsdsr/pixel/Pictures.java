package io.github.tsdsr.pixel;

import io.github.tsdsr.io.image.Image;
import io.github.tsdsr.io.image.Images;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Between picture files and the pixels that are worked on. */
public final class Pictures {
  private Pictures() {}

  /** The colours of a picture as 8-bit RGB, as they are stored: neither turned nor converted. */
  public static BytePixels rgb(Image image) {
    return new BytePixels(image.width(), image.height(), 3, image.rounded().rgb());
  }

  /**
   * Reads a photo as 8-bit RGB, upright.
   *
   * @throws IOException if it cannot be read
   */
  public static BytePixels readRgb(Path file) throws IOException {
    return rgb(Images.read(file).upright());
  }

  /** The colours of a picture in [0, 1], with all the bits that there are: neither turned nor converted. */
  public static FloatPixels unit(Image image) {
    FloatPixels out = FloatPixels.blank(image.width(), image.height(), 3);
    image.copyRows(0, image.height(), out.samples(), 0);
    return out;
  }

  /** The alpha plane in [0, 1], if there is one. */
  public static Optional<FloatPixels> alphaUnit(Image image) {
    if (!image.hasAlpha()) {
      return Optional.empty();
    }
    FloatPixels out = FloatPixels.blank(image.width(), image.height(), 1);
    image.copyAlphaRows(0, image.height(), out.samples(), 0);
    return Optional.of(out);
  }

  /**
   * A picture of samples that are clamped to [0, 1] and rounded to the nearest level.
   *
   * @param alpha of the same size, if there is transparency
   * @param bits 8 or 16 a sample
   */
  public static Image image(FloatPixels rgb, Optional<FloatPixels> alpha, int bits) {
    return Image.ofUnit(rgb.width(), rgb.height(), rgb.samples(), alpha.map(FloatPixels::samples), bits);
  }

  /** A picture of 8-bit RGB. */
  public static Image image(BytePixels rgb) {
    return Image.ofRgb(rgb.width(), rgb.height(), rgb.samples());
  }
}
