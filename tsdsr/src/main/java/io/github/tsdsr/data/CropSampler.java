package io.github.tsdsr.data;

import io.github.tsdsr.pixel.BytePixels;

/**
 * Draws a square crop: of several random ones, each from a random photo, the one with most detail; then a random one
 * of its eight orientations, and sometimes other colours.
 *
 * @param size the side in pixels
 * @param candidates how many are compared; 1 takes what comes
 */
public record CropSampler(int size, int candidates, ColourAugmentation colours) {
  public CropSampler {
    if (size < 1 || candidates < 1) {
      throw new IllegalArgumentException(
          "crops of " + size + " out of " + candidates + " candidates: expected at least 1 each");
    }
  }

  /** The more detailed of two crops. */
  public static CropSampler ofTwo(int size, ColourAugmentation colours) {
    return new CropSampler(size, 2, colours);
  }

  /**
   * One crop.
   *
   * @throws IllegalArgumentException if a photo is smaller than the crop (open the library with this size)
   */
  public BytePixels draw(PhotoLibrary photos, RandomStream random) {
    BytePixels best = null;
    int left = 0;
    int top = 0;
    long most = -1;
    for (int i = 0; i < candidates; i++) {
      BytePixels photo = photos.photo(random.below(photos.size()));
      int x = random.below(photo.width() - size + 1);
      int y = random.below(photo.height() - size + 1);
      long detail = candidates == 1 ? 0 : Detail.of(photo, x, y, size, size);
      if (detail > most) {
        most = detail;
        best = photo;
        left = x;
        top = y;
      }
    }
    BytePixels crop = best.crop(left, top, size, size);
    return colours.apply(oriented(crop, random.below(8)), random);
  }

  /** Bit 0 mirrors left and right, bit 1 top and bottom, bit 2 then exchanges rows and columns. */
  static BytePixels oriented(BytePixels square, int orientation) {
    int n = square.width();
    BytePixels out = BytePixels.blank(n, n, 3);
    for (int y = 0; y < n; y++) {
      for (int x = 0; x < n; x++) {
        int sx = (orientation & 4) == 0 ? x : y;
        int sy = (orientation & 4) == 0 ? y : x;
        sx = (orientation & 1) == 0 ? sx : n - 1 - sx;
        sy = (orientation & 2) == 0 ? sy : n - 1 - sy;
        System.arraycopy(square.samples(), (sy * n + sx) * 3, out.samples(), (y * n + x) * 3, 3);
      }
    }
    return out;
  }
}
