package io.github.tsdsr.infer.tile;

import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.Rect;

/**
 * Puts the predictions of tiles together: sum_k G p_k / sum_k G, channels last. The window must be that of the tiles'
 * size. Not for several threads; the result depends on the order of the additions only within rounding.
 */
public final class TileBlend {
  private final TileWindow window;
  private final FloatPixels sum;
  // Where a single tile reaches a corner, its weight is about 1e-9 of the largest: no epsilon is added.
  private final double[] weight;

  /** An empty sum for the latent of the plan. */
  public TileBlend(LatentTiles tiles, TileWindow window, int channels) {
    if (window.width() != tiles.tileWidth() || window.height() != tiles.tileHeight()) {
      throw new IllegalArgumentException("a window of " + window.width() + "x" + window.height() + " for tiles of "
          + tiles.tileWidth() + "x" + tiles.tileHeight());
    }
    this.window = window;
    sum = FloatPixels.blank(tiles.width(), tiles.height(), channels);
    weight = new double[tiles.width() * tiles.height()];
  }

  /**
   * Adds the prediction of the tile at (x, y).
   *
   * @throws IllegalArgumentException if it has another size than the window, other channels, or leaves the latent
   */
  public void add(int x, int y, FloatPixels prediction) {
    int channels = sum.channels();
    if (prediction.width() != window.width() || prediction.height() != window.height()
        || prediction.channels() != channels || x < 0 || y < 0 || x > sum.width() - window.width()
        || y > sum.height() - window.height()) {
      throw new IllegalArgumentException("a prediction of " + prediction.width() + "x" + prediction.height() + "x"
          + prediction.channels() + " at (" + x + ", " + y + "), expected " + window.width() + "x" + window.height()
          + "x" + channels + " within " + sum.width() + "x" + sum.height());
    }
    float[] from = prediction.samples();
    float[] to = sum.samples();
    int p = 0;
    for (int row = 0; row < window.height(); row++) {
      for (int column = 0; column < window.width(); column++) {
        double g = window.at(column, row);
        int pixel = (y + row) * sum.width() + x + column;
        weight[pixel] += g;
        for (int c = 0; c < channels; c++) {
          to[pixel * channels + c] += (float) (g * from[p++]);
        }
      }
    }
  }

  /** Adds the prediction of a tile of the plan. */
  public void add(Rect tile, FloatPixels prediction) {
    add(tile.x(), tile.y(), prediction);
  }

  /**
   * The blended latent. Ends this sum: it is divided in place.
   *
   * @throws IllegalStateException if no tile has reached some pixel
   */
  public FloatPixels result() {
    int channels = sum.channels();
    float[] values = sum.samples();
    for (int pixel = 0; pixel < weight.length; pixel++) {
      if (weight[pixel] == 0) {
        throw new IllegalStateException(
            "no tile was added at (" + pixel % sum.width() + ", " + pixel / sum.width() + ")");
      }
      for (int c = 0; c < channels; c++) {
        values[pixel * channels + c] = (float) (values[pixel * channels + c] / weight[pixel]);
      }
      weight[pixel] = 1;
    }
    return sum;
  }
}
