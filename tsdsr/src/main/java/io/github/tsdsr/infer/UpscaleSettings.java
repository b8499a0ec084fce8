package io.github.tsdsr.infer;

import io.github.tsdsr.infer.colour.ColourAlignment;
import io.github.tsdsr.infer.size.OutputSize;
import java.util.OptionalLong;

/**
 * What is done with a picture.
 *
 * @param size how large the output is to be; the published rule takes whole factors only
 * @param processSize least side of the processed picture: smaller ones are padded (published rule: enlarged); 0 for none
 * @param align how the output takes on the input's colours
 * @param tiling in what pieces it goes through the networks
 * @param published whether everything follows the published program to the letter: its sizes, tiles, norms and truncation
 * @param sampleSeed of the noise with which the latent is drawn from its distribution; none for the distribution's mean
 */
public record UpscaleSettings(
    OutputSize size, int processSize, ColourAlignment align, Tiling tiling, boolean published,
    OptionalLong sampleSeed) {
  public UpscaleSettings {
    if (published && !(size instanceof OutputSize.Scale s && s.factor() == Math.rint(s.factor()))) {
      throw new IllegalArgumentException("the published rule enlarges by a whole factor, got " + size);
    }
    if (processSize < 0) {
      throw new IllegalArgumentException("a process size of " + processSize + ", expected at least 0");
    }
  }

  /** Settings that take the mean of the latent's distribution. */
  public UpscaleSettings(
      OutputSize size, int processSize, ColourAlignment align, Tiling tiling, boolean published) {
    this(size, processSize, align, tiling, published, OptionalLong.empty());
  }

  /** The published program's defaults: four times, 512, wavelet, its tiles. */
  public static UpscaleSettings publishedDefaults() {
    return new UpscaleSettings(new OutputSize.Scale(4), 512, ColourAlignment.WAVELET, Tiling.published(), true);
  }

  /**
   * Another size of the output.
   *
   * @throws IllegalArgumentException if the published rule is on and it is no whole factor
   */
  public UpscaleSettings withSize(OutputSize newSize) {
    return new UpscaleSettings(newSize, processSize, align, tiling, published, sampleSeed);
  }

  /**
   * An output whose sides are the input's times a factor.
   *
   * @throws IllegalArgumentException if the factor is not allowed, or not whole under the published rule
   */
  public UpscaleSettings withScale(double factor) {
    return withSize(new OutputSize.Scale(factor));
  }

  /**
   * Another least side of the processed picture, in pixels; 0 for none.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public UpscaleSettings withProcessSize(int side) {
    return new UpscaleSettings(size, side, align, tiling, published, sampleSeed);
  }

  /** Another way to take on the input's colours. */
  public UpscaleSettings withAlign(ColourAlignment alignment) {
    return new UpscaleSettings(size, processSize, alignment, tiling, published, sampleSeed);
  }

  /** Other pieces for the way through the networks. */
  public UpscaleSettings withTiling(Tiling newTiling) {
    return new UpscaleSettings(size, processSize, align, newTiling, published, sampleSeed);
  }

  /**
   * Whether everything follows the published program to the letter.
   *
   * @throws IllegalArgumentException if so and the size is no whole factor
   */
  public UpscaleSettings withPublished(boolean toTheLetter) {
    return new UpscaleSettings(size, processSize, align, tiling, toTheLetter, sampleSeed);
  }

  /** The seed of the noise with which the latent is drawn; none takes the distribution's mean. */
  public UpscaleSettings withSampleSeed(OptionalLong seed) {
    return new UpscaleSettings(size, processSize, align, tiling, published, seed);
  }
}
