package io.github.tsdsr.infer.tile;

import io.github.tsdsr.pixel.Rect;
import java.util.ArrayList;
import java.util.List;

/**
 * The tiles of a picture (encoder) or latent (decoder) that is too large for the VAE in one piece. Each tile is read
 * with a margin and written without; the written parts cover the output exactly once.
 *
 * @param tiles row by row; a single one that is read and written whole where no tiling is needed
 */
public record VaeTiles(int width, int height, List<Tile> tiles) {
  /** The margin of the published program's encoder tiles, in picture pixels. */
  public static final int ENCODER_MARGIN = 32;

  /** The margin of the published program's decoder tiles, in latent pixels. */
  public static final int DECODER_MARGIN = 11;

  /** What a tile reads, in input pixels, and what it writes, in output pixels. */
  public record Tile(Rect read, Rect written) {}

  public VaeTiles {
    tiles = List.copyOf(tiles);
  }

  /** Whether there is more than one tile. */
  public boolean tiled() {
    return tiles.size() > 1;
  }

  /**
   * The tiles of a picture to encode.
   *
   * @param tile the largest core of a tile, in picture pixels
   * @param margin what is read beyond the core on each side
   * @param factor picture pixels per latent pixel
   * @throws IllegalArgumentException if picture, tile or margin is no multiple of the factor, which would put the
   *     tiles' latent pixels on different grids
   */
  public static VaeTiles encoder(int width, int height, int tile, int margin, int factor) {
    if (tile < 1 || tile % factor != 0 || margin % factor != 0 || width % factor != 0 || height % factor != 0) {
      throw new IllegalArgumentException("encoder tile " + tile + " with margin " + margin + " for a picture of "
          + width + "x" + height + ": expected multiples of the VAE's factor, " + factor);
    }
    return plan(width, height, tile, margin, 1, factor);
  }

  /**
   * The tiles of a latent to decode.
   *
   * @param tile the largest core of a tile, in latent pixels
   * @param margin what is read beyond the core on each side
   * @param factor picture pixels per latent pixel
   */
  public static VaeTiles decoder(int width, int height, int tile, int margin, int factor) {
    return plan(width, height, tile, margin, factor, 1);
  }

  private static VaeTiles plan(int width, int height, int tile, int margin, int times, int over) {
    if (width < 1 || height < 1 || tile < 1 || margin < 0) {
      throw new IllegalArgumentException("tiles of " + tile + " with margin " + margin + " for " + width + "x" + height
          + ": expected positive sizes and no negative margin");
    }
    if (Math.max(width, height) <= tile + 2L * margin) {
      return new VaeTiles(width, height, List.of(new Tile(new Rect(0, 0, width, height),
          new Rect(0, 0, width * times / over, height * times / over))));
    }
    List<Tile> tiles = new ArrayList<>();
    List<Piece> across = pieces(width, tile, margin);
    for (Piece y : pieces(height, tile, margin)) {
      for (Piece x : across) {
        Rect read = new Rect(x.readFrom, y.readFrom, x.readTo - x.readFrom, y.readTo - y.readFrom);
        tiles.add(new Tile(read, new Rect(x.from * times / over, y.from * times / over,
            (x.to - x.from) * times / over, (y.to - y.from) * times / over)));
      }
    }
    return new VaeTiles(width, height, tiles);
  }

  /** A part of one side: what is read and what is written, both in input pixels. */
  private record Piece(int readFrom, int readTo, int from, int to) {}

  private static List<Piece> pieces(int length, int tile, int margin) {
    int inner = length - 2 * margin;
    int count = Math.max(1, Math.ceilDiv(inner, tile));
    if (count == 1) {
      return List.of(new Piece(0, length, 0, length));
    }
    int size = roundUp(Math.ceilDiv(inner, count), tile);
    List<Piece> out = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int from = margin + i * size;
      int to = Math.min(from + size, length);
      out.add(new Piece(Math.max(from - margin, 0), Math.min(to + margin, length), i == 0 ? 0 : from,
          to >= length - margin ? length : to));
    }
    return out;
  }

  /** The roundest size that is not above the tile: a multiple of 32, or else of 16, 8, 4, 2. */
  private static int roundUp(int size, int tile) {
    for (int unit = 32; unit > 1; unit /= 2) {
      int up = Math.ceilDiv(size, unit) * unit;
      if (up == size || up <= tile) {
        return up;
      }
    }
    return size;
  }
}
