package io.github.tsdsr.infer;

import io.github.tsdsr.infer.norm.PublishedNorm;
import io.github.tsdsr.infer.norm.SharedNorm;
import io.github.tsdsr.infer.resize.TorchBicubic;
import io.github.tsdsr.infer.tile.VaeTiles;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.Rect;
import io.github.tsdsr.pixel.RowLoop;
import io.github.tsdsr.sd3.NormRule;
import java.util.List;

/** How the tiles of a picture go through the encoder or decoder. A single tile is the plain network under either rule. */
enum VaeRule {
  /** The published program's: all tiles in step, norms over all of them. */
  PUBLISHED {
    @Override
    void tiled(NetworkPass pass, FloatPixels in, VaeTiles tiles, boolean encoder, Placer placer) {
      List<FloatPixels> read = tiles.tiles().stream().map(t -> crop(in, t.read())).toList();
      List<FloatPixels> out = pass.vae(read, new PublishedNorm(), encoder);
      for (int i = 0; i < out.size(); i++) {
        placer.place(tiles.tiles().get(i), out.get(i));
        pass.stepped();
      }
    }
  },
  /** Ours: one tile at a time, norms from one pass over the whole picture, shrunken to about a tile. */
  SHARED {
    @Override
    void tiled(NetworkPass pass, FloatPixels in, VaeTiles tiles, boolean encoder, Placer placer) {
      SharedNorm norms = new SharedNorm();
      pass.vae(List.of(shrunken(in, tiles)), norms.noting(), encoder);
      for (VaeTiles.Tile tile : tiles.tiles()) {
        placer.place(tile, pass.vae(List.of(crop(in, tile.read())), norms.using(), encoder).getFirst());
        pass.stepped();
      }
    }

    private FloatPixels shrunken(FloatPixels in, VaeTiles tiles) {
      int side =
          tiles.tiles().stream().mapToInt(t -> Math.max(t.read().width(), t.read().height())).max().orElseThrow();
      double shrink = Math.min(1, (double) side / Math.max(in.width(), in.height()));
      return TorchBicubic.resize(in, rounded(in.width() * shrink), rounded(in.height() * shrink), RowLoop.serial());
    }

    private int rounded(double side) {
      return Math.max(GRAIN, (int) Math.round(side / GRAIN) * GRAIN);
    }
  };

  /** Sides of the shrunken picture are multiples of this, so that no level of the encoder has an odd side. */
  private static final int GRAIN = 16;

  /** Puts the written part of a tile's result where it belongs. */
  interface Placer {
    void place(VaeTiles.Tile tile, FloatPixels result);
  }

  abstract void tiled(NetworkPass pass, FloatPixels in, VaeTiles tiles, boolean encoder, Placer placer);

  /**
   * Runs the network.
   *
   * @param channels of the result
   * @param factor picture pixels per latent pixel
   */
  FloatPixels run(NetworkPass pass, FloatPixels in, VaeTiles tiles, int channels, int factor, boolean encoder) {
    if (!tiles.tiled()) {
      FloatPixels whole = pass.vae(List.of(in), NormRule.EACH, encoder).getFirst();
      pass.stepped();
      return whole;
    }
    int width = encoder ? in.width() / factor : in.width() * factor;
    int height = encoder ? in.height() / factor : in.height() * factor;
    FloatPixels out = FloatPixels.blank(width, height, channels);
    tiled(pass, in, tiles, encoder, (tile, result) -> {
      int x = encoder ? tile.read().x() / factor : tile.read().x() * factor;
      int y = encoder ? tile.read().y() / factor : tile.read().y() * factor;
      Rect to = tile.written();
      for (int row = 0; row < to.height(); row++) {
        int from = ((to.y() - y + row) * result.width() + to.x() - x) * channels;
        int at = ((to.y() + row) * width + to.x()) * channels;
        System.arraycopy(result.samples(), from, out.samples(), at, to.width() * channels);
      }
    });
    return out;
  }

  private static FloatPixels crop(FloatPixels in, Rect r) {
    return in.crop(r.x(), r.y(), r.width(), r.height());
  }
}
