package io.github.tsdsr.io.image;

import io.github.tsdsr.io.FormatException;

/**
 * How large a picture may be. Checked against what a file's header claims, before memory is taken for pixels.
 *
 * @param maxPixels the most pixels of a picture, width times height
 * @param maxFileBytes the most bytes of a file
 */
public record Limits(long maxPixels, long maxFileBytes) {
  /** 2^28 pixels (16384 x 16384) and files of up to 1 GiB. */
  public static final Limits DEFAULT = new Limits(1L << 28, 1L << 30);

  /** @throws IllegalArgumentException if a limit is not positive, or a file could not be held in one array */
  public Limits {
    if (maxPixels < 1 || maxFileBytes < 1 || maxFileBytes > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("limits of " + maxPixels + " pixels and " + maxFileBytes
          + " bytes: expected at least 1 of each and at most " + (Integer.MAX_VALUE - 8) + " bytes");
    }
  }

  /** Refuses a size that is not positive, or above the limit. */
  void checkSize(String name, long width, long height) {
    if (width < 1 || height < 1) {
      throw new FormatException(name, "a size of " + width + "x" + height + ", expected at least 1x1");
    }
    if (width > maxPixels / height) {
      throw new FormatException(
          name, "claims " + width + "x" + height + " pixels, expected at most " + maxPixels + " in all");
    }
  }

  /**
   * Refuses a claim that the compressed data cannot hold.
   *
   * @param needed how many bytes, or pixels, the picture has before compression
   * @param most how many of them one byte of compressed data can stand for
   */
  static void checkRatio(String name, long width, long height, long needed, long dataBytes, long most) {
    if (needed / most > dataBytes) {
      throw new FormatException(
          name, "claims " + width + "x" + height + " pixels, which its " + dataBytes + " bytes of data cannot hold");
    }
  }

  void checkFileBytes(String name, long bytes) {
    if (bytes > maxFileBytes) {
      throw new FormatException(name, "more than the " + maxFileBytes + " bytes that are allowed");
    }
  }
}
