package io.github.tsdsr.io.image;

/**
 * What a picture file's header says.
 *
 * @param format by the content, whatever the file's name is
 * @param width columns as stored, before EXIF's orientation is applied
 * @param height rows as stored
 * @param orientation EXIF's orientation, 1 to 8; 1 where none or no valid one is stated
 */
public record ImageInfo(ImageFormat format, int width, int height, int orientation) {
  /** Columns of the picture as it is to be shown. */
  public int uprightWidth() {
    return Orientation.swapsSides(orientation) ? height : width;
  }

  /** Rows of the picture as it is to be shown. */
  public int uprightHeight() {
    return Orientation.swapsSides(orientation) ? width : height;
  }
}
