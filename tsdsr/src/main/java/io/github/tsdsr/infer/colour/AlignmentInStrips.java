package io.github.tsdsr.infer.colour;

import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.RowLoop;

/**
 * Gives a decoded picture its colours strip by strip, so that what an alignment needs on the way stays small where the picture
 * is large. The result is that of the whole.
 *
 * @param pixels about how many a strip has; more where the alignment needs so many rows
 */
public record AlignmentInStrips(ColourAlignment alignment, int pixels, RowLoop loop) {
  /**
   * The picture in [0, 1] with the colours of the input, not clamped afterwards.
   *
   * @param decoded samples about [-1, 1], which are clamped; what lies right of the width and below the height is left off
   * @param input what it was made from, in [0, 1]
   */
  public FloatPixels align(FloatPixels decoded, int width, int height, FloatPixels input) {
    int reach = Math.min(alignment.reach(), height);
    int strip = reach == height ? height : Math.max(2 * reach + 1, pixels / width);
    FloatPixels out = FloatPixels.blank(width, height, decoded.channels());
    int stride = width * out.channels();
    for (int y = 0; y < height; y += strip) {
      int rows = Math.min(strip, height - y);
      int from = Math.max(0, y - reach);
      FloatPixels part = unit(decoded.crop(0, from, width, Math.min(height, y + rows + reach) - from));
      FloatPixels aligned = alignment.alignRows(part, from, height, input, loop);
      System.arraycopy(aligned.samples(), (y - from) * stride, out.samples(), y * stride, rows * stride);
    }
    return out;
  }

  private static FloatPixels unit(FloatPixels signed) {
    float[] samples = signed.samples();
    for (int i = 0; i < samples.length; i++) {
      samples[i] = Math.clamp(samples[i] / 2 + 0.5f, 0f, 1f);
    }
    return signed;
  }
}
