package io.github.tsdsr.infer.size;

import io.github.tsdsr.infer.size.OutputSize.Pixels;

/**
 * The sizes that a picture takes on its way: the input is enlarged to {@code content} by bicubic interpolation,
 * padded by its edge to {@code processed}, runs through the networks, is cropped to {@code content} again, and
 * resized to {@code output} where that differs.
 */
public record SizePlan(Pixels input, Pixels content, Pixels processed, Pixels output) {
  /**
   * Our rule: the content has the output's size, so that nothing is resized back; it is padded to a multiple of what
   * the networks need, and to the size that the model was made for where it is smaller.
   *
   * @param multiple VAE factor times patch size
   * @param processSize the least side of the processed picture, raised to the multiple; 0 for none
   * @throws IllegalArgumentException if a number is out of range or the picture is too large for one array
   */
  public static SizePlan padded(Pixels input, OutputSize wanted, int multiple, int processSize) {
    if (multiple < 1 || processSize < 0) {
      throw new IllegalArgumentException(
          "multiple " + multiple + ", process size " + processSize + ": expected at least 1 and 0");
    }
    Pixels output = wanted.of(input.width(), input.height());
    Pixels processed = checked(up(Math.max(output.width(), processSize), multiple),
        up(Math.max(output.height(), processSize), multiple));
    return new SizePlan(input, output, processed, output);
  }

  /**
   * The published program's rule: a side under processSize / scale enlarges the whole picture (its size only: the
   * bicubic step is one), the enlarged size times the scale is rounded down to multiples of 8 and processed, and the
   * result is resized to scale times the input.
   *
   * @throws IllegalArgumentException if nothing is left after rounding down, or the picture is too large for one array
   */
  public static SizePlan published(Pixels input, int scale, int processSize) {
    if (scale < 1 || processSize < 0) {
      throw new IllegalArgumentException(
          "scale " + scale + ", process size " + processSize + ": expected at least 1 and 0");
    }
    int width = input.width();
    int height = input.height();
    int least = processSize / scale;
    if (width < least || height < least) {
      // In double and truncated, as there: 64/49 * 49 is below 64 and becomes 63.
      double enlarge = (double) least / Math.min(width, height);
      width = (int) (enlarge * width);
      height = (int) (enlarge * height);
    }
    long w = (long) width * scale / 8 * 8;
    long h = (long) height * scale / 8 * 8;
    if (w == 0 || h == 0) {
      throw new IllegalArgumentException("a picture of " + input.width() + "x" + input.height() + " at scale " + scale
          + " and process size " + processSize + " has a side under 8 pixels, which the published rule rounds to 0");
    }
    Pixels processed = checked(w, h);
    return new SizePlan(input, processed, processed,
        checked((long) input.width() * scale, (long) input.height() * scale));
  }

  /** Whether the processed content has to be resized to become the output. */
  public boolean resizedBack() {
    return !content.equals(output);
  }

  private static long up(int side, int multiple) {
    return Math.ceilDiv((long) side, multiple) * multiple;
  }

  private static Pixels checked(long width, long height) {
    if (width > Integer.MAX_VALUE || height > Integer.MAX_VALUE
        || width * height > (Integer.MAX_VALUE - 8) / 3) {
      throw new IllegalArgumentException(
          "a picture of " + width + "x" + height + ": at most "
              + (Integer.MAX_VALUE - 8) / 3 + " pixels are supported");
    }
    return new Pixels((int) width, (int) height);
  }
}
