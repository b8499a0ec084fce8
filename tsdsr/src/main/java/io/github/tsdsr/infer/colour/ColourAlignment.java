package io.github.tsdsr.infer.colour;

import io.github.tsdsr.infer.resize.PillowFilter;
import io.github.tsdsr.infer.resize.PillowResize;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.ByteRounding;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.RowLoop;

/** How the output takes on the colours of the input. */
public enum ColourAlignment {
  /** The output's details on the low frequencies of the input, enlarged by Pillow's bicubic to the output's size. */
  WAVELET,
  /** Every channel's mean and deviation become those of the input at its own size. */
  ADAIN,
  /** The output as it is. */
  NONE;

  /**
   * The output in [0, 1] with the colours of the input, not clamped: our own rule, floats from end to end.
   *
   * @throws IllegalArgumentException if the channels differ
   */
  public FloatPixels align(FloatPixels output, FloatPixels input, RowLoop loop) {
    return switch (this) {
      case WAVELET -> Wavelet.align(
          output, PillowResize.resize(input, output.width(), output.height(), PillowFilter.BICUBIC, loop), loop);
      case ADAIN -> MeanAndDeviation.align(output, input);
      case NONE -> output;
    };
  }

  /** The same from bytes to bytes and truncated, the enlarged input in bytes too: as the published program works. */
  public BytePixels alignPublished(BytePixels output, BytePixels input, RowLoop loop) {
    if (this == NONE) {
      return output;
    }
    BytePixels reference = this == WAVELET
        ? PillowResize.resize(input, output.width(), output.height(), PillowFilter.BICUBIC, loop)
        : input;
    return align(output.toUnit(), reference.toUnit(), loop).toBytes(ByteRounding.TRUNCATE);
  }
}
