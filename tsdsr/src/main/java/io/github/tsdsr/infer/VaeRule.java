package io.github.tsdsr.infer;

import io.github.tsdsr.infer.norm.PublishedNorm;
import io.github.tsdsr.infer.norm.SharedNorm;
import io.github.tsdsr.infer.tile.VaeTiles;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.Rect;
import io.github.tsdsr.sd3.NormRule;
import io.github.tsdsr.sd3.Vae;
import java.util.List;

/** How the tiles of a picture go through the encoder or decoder. A single tile is the plain network under either rule. */
enum VaeRule {
  /** The published program's: all tiles in step, norms over all of them. */
  PUBLISHED {
    @Override
    void tiled(NetworkPass pass, Coding coding, PixelSource in, VaeTiles tiles, Placer placer) {
      List<FloatPixels> read = tiles.tiles().stream().map(t -> in.part(t.read())).toList();
      List<FloatPixels> out = pass.code(coding, read, new PublishedNorm());
      for (int i = 0; i < out.size(); i++) {
        placer.place(tiles.tiles().get(i), out.get(i));
        pass.stepped();
      }
    }
  },
  /** Ours: one tile at a time, norms from one pass over the whole picture, shrunken to about a tile. */
  SHARED {
    @Override
    void tiled(NetworkPass pass, Coding coding, PixelSource in, VaeTiles tiles, Placer placer) {
      SharedNorm norms = new SharedNorm();
      pass.code(coding, List.of(shrunken(in, tiles)), norms.noting());
      for (VaeTiles.Tile tile : tiles.tiles()) {
        placer.place(tile, pass.code(coding, List.of(in.part(tile.read())), norms.using()).getFirst());
        pass.stepped();
      }
    }
  };

  /** Sides of the shrunken picture are multiples of this, so that no level of the encoder has an odd side. */
  private static final int GRAIN = 16;

  /** Puts the written part of a tile's result where it belongs. */
  interface Placer {
    void place(VaeTiles.Tile tile, FloatPixels result);
  }

  abstract void tiled(NetworkPass pass, Coding coding, PixelSource in, VaeTiles tiles, Placer placer);

  /** Runs the network. */
  FloatPixels run(NetworkPass pass, Coding coding, PixelSource in, VaeTiles tiles, Vae vae) {
    if (!tiles.tiled()) {
      FloatPixels whole = pass.code(coding, List.of(in.whole()), NormRule.EACH).getFirst();
      pass.stepped();
      return whole;
    }
    int channels = coding.channels(vae);
    int width = coding.scaled(in.width(), vae);
    FloatPixels out = FloatPixels.blank(width, coding.scaled(in.height(), vae), channels);
    tiled(pass, coding, in, tiles, (tile, result) -> {
      int x = coding.scaled(tile.read().x(), vae);
      int y = coding.scaled(tile.read().y(), vae);
      Rect to = tile.written();
      for (int row = 0; row < to.height(); row++) {
        int from = ((to.y() - y + row) * result.width() + to.x() - x) * channels;
        int at = ((to.y() + row) * width + to.x()) * channels;
        System.arraycopy(result.samples(), from, out.samples(), at, to.width() * channels);
      }
    });
    return out;
  }

  /** A whole picture or latent, so small that its longer side is that of the largest tile. */
  static FloatPixels shrunken(PixelSource in, VaeTiles tiles) {
    int side =
        tiles.tiles().stream().mapToInt(t -> Math.max(t.read().width(), t.read().height())).max().orElseThrow();
    double shrink = Math.min(1, (double) side / Math.max(in.width(), in.height()));
    return in.shrunken(whole(in.width() * shrink), whole(in.height() * shrink));
  }

  private static int whole(double side) {
    return Math.max(GRAIN, (int) (side / GRAIN) * GRAIN);
  }
}
