package io.github.tsdsr.io.image;

/**
 * A picture file whose header has been read and believed possible: positive sides, within the limits, not more pixels
 * than its bytes can hold.
 */
sealed interface PictureFile permits PngFile, JpegFile, WebPFile, TiffFile, BmpFile, GifFile {
  ImageInfo info();

  /**
   * The pixels, with orientation and profile as stored.
   *
   * @param bytes those that the header was read from
   */
  Image decode(byte[] bytes);

  static PictureFile parse(ByteView file, Limits limits) {
    return switch (ImageFormat.of(file)) {
      case PNG -> PngFile.parse(file, limits);
      case JPEG -> JpegFile.parse(file, limits);
      case WEBP -> WebPFile.parse(file, limits);
      case TIFF -> TiffFile.parse(file, limits);
      case BMP -> BmpFile.parse(file, limits);
      case GIF -> GifFile.parse(file, limits);
    };
  }
}
