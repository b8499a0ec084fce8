package io.github.tsdsr.infer;

import io.github.tsdsr.io.image.Image;
import io.github.tsdsr.pixel.BytePixels;

/** Made-up pictures with edges, slopes and texture. */
public final class TestPictures {
  private TestPictures() {}

  /** Colours that slope, cross stripes, and a few sharp corners. */
  public static BytePixels rgb(int width, int height) {
    byte[] samples = new byte[width * height * 3];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int i = 3 * (y * width + x);
        boolean square = x / 5 % 3 == 0 && y / 4 % 2 == 0;
        samples[i] = (byte) (40 + 150 * x / width + (square ? 40 : 0));
        samples[i + 1] = (byte) (200 - 120 * y / height - (square ? 60 : 0));
        samples[i + 2] = (byte) (90 + 40 * Math.sin(x * 0.9 + y * 0.4));
      }
    }
    return new BytePixels(width, height, 3, samples);
  }

  /** The same as an Image. */
  public static Image image(int width, int height) {
    return Image.ofRgb(width, height, rgb(width, height).samples());
  }
}
