package io.github.tsdsr.infer.tile;

import io.github.tsdsr.pixel.Rect;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The tiles of a latent that is too large for one call of the transformer: all of one size, at the starts xs along a
 * row and ys along a column. All numbers are latent pixels.
 *
 * @param tiled false where the whole latent is one tile
 */
public record LatentTiles(int width, int height, int tileWidth, int tileHeight, List<Integer> xs, List<Integer> ys,
    boolean tiled) {
  public LatentTiles {
    xs = List.copyOf(xs);
    ys = List.copyOf(ys);
  }

  /** The tiles in the order of the calls: column by column, from the top in each. */
  public List<Rect> calls() {
    List<Rect> out = new ArrayList<>();
    for (int x : xs) {
      for (int y : ys) {
        out.add(new Rect(x, y, tileWidth, tileHeight));
      }
    }
    return out;
  }

  /**
   * The published program's tiles: one where width * height is at most tile * tile; else squares of min(tile, width,
   * height), their starts tile - overlap apart, the last one moved back to the border.
   *
   * @throws IllegalArgumentException if the overlap is negative or reaches the (shrunken) tile, where the published
   *     program does not end
   */
  public static LatentTiles published(int width, int height, int tile, int overlap) {
    check(width, height, tile, overlap);
    if ((long) width * height <= (long) tile * tile) {
      return whole(width, height);
    }
    int size = Math.min(tile, Math.min(width, height));
    if (overlap >= size) {
      throw new IllegalArgumentException("tile overlap " + overlap + " for a latent of " + width + "x" + height
          + " with tiles of " + size + ": expected less than the tile");
    }
    return new LatentTiles(width, height, size, size, steps(width, size, overlap), steps(height, size, overlap), true);
  }

  /**
   * Our tiles: a side of at most {@code tile} stays whole; a longer one gets as few tiles as overlap by at least
   * {@code overlap}, spread evenly. Starts and sizes are multiples of the patch. An overlap that would leave no
   * progress is lowered to tile - patch.
   *
   * @throws IllegalArgumentException if a side or the tile is no positive multiple of the patch
   */
  public static LatentTiles even(int width, int height, int tile, int overlap, int patch) {
    check(width, height, tile, overlap);
    if (patch < 1 || width % patch != 0 || height % patch != 0 || tile % patch != 0) {
      throw new IllegalArgumentException("a latent of " + width + "x" + height + " with tiles of " + tile
          + ": expected multiples of the patch, " + patch);
    }
    if (width <= tile && height <= tile) {
      return whole(width, height);
    }
    return new LatentTiles(width, height, Math.min(tile, width), Math.min(tile, height),
        spread(width, tile, overlap, patch), spread(height, tile, overlap, patch), true);
  }

  private static LatentTiles whole(int width, int height) {
    return new LatentTiles(width, height, width, height, List.of(0), List.of(0), false);
  }

  private static void check(int width, int height, int tile, int overlap) {
    if (width < 1 || height < 1 || tile < 1 || overlap < 0) {
      throw new IllegalArgumentException("a latent of " + width + "x" + height + ", tiles of " + tile + ", overlap "
          + overlap + ": expected positive sizes and no negative overlap");
    }
  }

  private static List<Integer> steps(int length, int tile, int overlap) {
    List<Integer> starts = new ArrayList<>();
    int start = 0;
    while (start + tile < length) {
      starts.add(start);
      start += tile - overlap;
    }
    starts.add(length - tile);
    return starts;
  }

  private static List<Integer> spread(int length, int tile, int overlap, int patch) {
    if (length <= tile) {
      return List.of(0);
    }
    int least = Math.min((overlap + patch - 1) / patch * patch, tile - patch);
    int step = tile - least;
    int gaps = (length - tile + step - 1) / step;
    return IntStream.rangeClosed(0, gaps)
        .mapToObj(i -> (int) ((long) (length - tile) * i / gaps / patch * patch))
        .toList();
  }
}
