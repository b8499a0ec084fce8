package io.github.tsdsr.data.degrade;

import io.github.tsdsr.infer.resize.TorchBicubic;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.RowLoop;

/**
 * Resizing as PyTorch's {@code interpolate} does it without antialiasing, to a size or by a factor s. By a factor, a side
 * becomes floor(side s), and output i lies at (i + 0.5) / s - 0.5; to a size, the ratio of the sizes takes the place of s.
 */
public enum Interpolation {
  /** The mean of the inputs floor(i in / out) to ceil((i + 1) in / out) - 1, whatever the factor says. */
  AREA {
    @Override
    FloatPixels resized(FloatPixels in, int width, int height, double stepX, double stepY) {
      return Windows.resize(in, Windows.area(in.width(), width), Windows.area(in.height(), height));
    }
  },
  /** Linear between two neighbours. */
  BILINEAR {
    @Override
    FloatPixels resized(FloatPixels in, int width, int height, double stepX, double stepY) {
      return Windows.resize(
          in, Windows.bilinear(in.width(), width, stepX), Windows.bilinear(in.height(), height, stepY));
    }
  },
  /** Keys' cubic with a = -0.75; may leave [0, 1]. */
  BICUBIC {
    @Override
    FloatPixels resized(FloatPixels in, int width, int height, double stepX, double stepY) {
      return TorchBicubic.resize(in, width, height, stepX, stepY, RowLoop.serial());
    }
  };

  /**
   * @param stepX by how much the position in the input grows from column to column
   * @param stepY the same from row to row
   */
  abstract FloatPixels resized(FloatPixels in, int width, int height, double stepX, double stepY);

  /** The picture at another size. */
  FloatPixels toSize(FloatPixels in, int width, int height) {
    return resized(in, width, height, (double) in.width() / width, (double) in.height() / height);
  }

  /** The picture with its sides times this factor, each at least one pixel. */
  FloatPixels byFactor(FloatPixels in, double factor) {
    return factor == 1 ? in
        : resized(
            in, side(in.width(), factor), side(in.height(), factor), 1 / factor, 1 / factor);
  }

  private static int side(int side, double factor) {
    return Math.max(1, (int) Math.floor(side * factor));
  }
}
