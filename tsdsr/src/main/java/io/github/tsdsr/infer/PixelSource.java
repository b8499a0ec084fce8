package io.github.tsdsr.infer;

import io.github.tsdsr.infer.resize.TorchBicubic;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.Rect;
import io.github.tsdsr.pixel.RowLoop;

/** What goes into the autoencoder, part by part: a large picture need not exist as a whole. */
interface PixelSource {
  int width();

  int height();

  /** A part; the whole may be shared with the source and is not to be changed. */
  FloatPixels part(Rect part);

  /** The whole, interpolated to a smaller size. */
  FloatPixels shrunken(int width, int height);

  /** All of it. */
  default FloatPixels whole() {
    return part(new Rect(0, 0, width(), height()));
  }

  /** Pixels that are there. */
  static PixelSource of(FloatPixels pixels) {
    return new PixelSource() {
      @Override
      public int width() {
        return pixels.width();
      }

      @Override
      public int height() {
        return pixels.height();
      }

      @Override
      public FloatPixels part(Rect r) {
        return r.width() == width() && r.height() == height() ? pixels
            : pixels.crop(r.x(), r.y(), r.width(), r.height());
      }

      @Override
      public FloatPixels shrunken(int width, int height) {
        return TorchBicubic.resize(pixels, width, height, RowLoop.serial());
      }
    };
  }
}
