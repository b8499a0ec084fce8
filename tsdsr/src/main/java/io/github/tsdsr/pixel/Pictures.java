package io.github.tsdsr.pixel;

import io.github.tsdsr.io.image.Image;
import io.github.tsdsr.io.image.Images;
import java.io.IOException;
import java.nio.file.Path;

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

  /** A picture of 8-bit RGB. */
  public static Image image(BytePixels rgb) {
    return Image.ofRgb(rgb.width(), rgb.height(), rgb.samples());
  }
}
