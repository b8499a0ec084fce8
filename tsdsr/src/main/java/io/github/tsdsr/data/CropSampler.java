package io.github.tsdsr.data;

import io.github.tsdsr.infer.resize.PillowFilter;
import io.github.tsdsr.infer.resize.PillowResize;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.RowLoop;

/**
 * Draws a square crop: of several random ones, each from a random photo, the one with most detail; sometimes shrunk from
 * a larger part of the photo, which makes soft photos sharp; then a random one of its eight orientations, and sometimes
 * other colours.
 *
 * @param size the side in pixels
 * @param candidates how many are compared; 1 takes what comes
 * @param shrinks how crops are shrunk
 */
public record CropSampler(int size, int candidates, Shrinking shrinks, ColourAugmentation colours) {
  /** How many a square has. */
  public static final int ORIENTATIONS = 8;

  /**
   * How often a crop is shrunk by Pillow's bicubic, and by how much.
   *
   * @param chance of each crop; with 0 nothing is drawn
   * @param factor by which its sides shrink, in (0, 1]
   */
  public record Shrinking(double chance, Range factor) {
    /** Every crop as it is. */
    public static final Shrinking NEVER = new Shrinking(0, Range.exactly(1));

    public Shrinking {
      if (!(chance >= 0 && chance <= 1) || factor.low() <= 0 || factor.high() > 1) {
        throw new IllegalArgumentException("shrinking with chance " + chance + " by " + factor.low() + " to "
            + factor.high() + ": expected a chance in [0, 1] and factors in (0, 1]");
      }
    }

    /** The side of the part that becomes a crop of a size. */
    private int sideFor(int size, RandomStream random) {
      return chance > 0 && random.chance(chance) ? (int) Math.round(size / factor.draw(random)) : size;
    }
  }

  public CropSampler {
    if (size < 1 || candidates < 1) {
      throw new IllegalArgumentException(
          "crops of " + size + " out of " + candidates + " candidates: expected at least 1 each");
    }
  }

  /** The more detailed of two crops. */
  public static CropSampler ofTwo(int size, ColourAugmentation colours) {
    return new CropSampler(size, 2, Shrinking.NEVER, colours);
  }

  /**
   * One crop.
   *
   * @throws IllegalArgumentException if a photo is smaller than the crop (open the library with this size)
   */
  public BytePixels draw(PhotoLibrary photos, RandomStream random) {
    int wanted = shrinks.sideFor(size, random);
    BytePixels best = null;
    int side = size;
    int left = 0;
    int top = 0;
    long most = -1;
    for (int i = 0; i < candidates; i++) {
      BytePixels photo = photos.photo(random.below(photos.size()));
      int here = Math.min(wanted, Math.min(photo.width(), photo.height()));
      int x = random.below(photo.width() - here + 1);
      int y = random.below(photo.height() - here + 1);
      long detail = candidates == 1 ? 0 : Detail.of(photo, x, y, here, here);
      if (detail > most) {
        most = detail;
        best = photo;
        side = here;
        left = x;
        top = y;
      }
    }
    BytePixels part = best.crop(left, top, side, side);
    BytePixels crop = side == size
        ? part
        : PillowResize.resize(part, size, size, PillowFilter.BICUBIC, RowLoop.serial());
    return colours.apply(oriented(crop, random.below(ORIENTATIONS)), random);
  }

  /**
   * A square turned or mirrored.
   *
   * @param orientation bit 0 mirrors left and right, bit 1 top and bottom, bit 2 then exchanges rows and columns
   */
  public static BytePixels oriented(BytePixels square, int orientation) {
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
