package io.github.tsdsr.infer;

import io.github.tsdsr.infer.colour.ColourAlignment;
import io.github.tsdsr.infer.size.OutputSize;

/**
 * What is done with a picture.
 *
 * @param size how large the output is to be; the published rule takes whole factors only
 * @param processSize least side of the processed picture: smaller ones are padded (published rule: enlarged); 0 for none
 * @param align how the output takes on the input's colours
 * @param tiling in what pieces it goes through the networks
 * @param published whether everything follows the published program to the letter: its sizes, tiles, norms and truncation
 */
public record UpscaleSettings(
    OutputSize size, int processSize, ColourAlignment align, Tiling tiling, boolean published) {
  public UpscaleSettings {
    if (published && !(size instanceof OutputSize.Scale s && s.factor() == Math.rint(s.factor()))) {
      throw new IllegalArgumentException("the published rule enlarges by a whole factor, got " + size);
    }
    if (processSize < 0) {
      throw new IllegalArgumentException("a process size of " + processSize + ", expected at least 0");
    }
  }

  /** The published program's defaults: four times, 512, wavelet, its tiles. */
  public static UpscaleSettings publishedDefaults() {
    return new UpscaleSettings(new OutputSize.Scale(4), 512, ColourAlignment.WAVELET, Tiling.published(), true);
  }
}
