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
    return alignRows(output, 0, output.height(), input, loop);
  }

  /**
   * The same of some rows of an output: where other rows of it are missing, those within {@link #reach} of the gap are not
   * what they would be in the whole.
   *
   * @param firstRow which row of the output the first one is
   * @param height of the whole output
   */
  public FloatPixels alignRows(FloatPixels rows, int firstRow, int height, FloatPixels input, RowLoop loop) {
    return switch (this) {
      case WAVELET -> Wavelet.align(rows, PillowResize.rows(
          input, rows.width(), height, firstRow, rows.height(), PillowFilter.BICUBIC, loop), loop);
      case ADAIN -> MeanAndDeviation.align(rows, input);
      case NONE -> rows;
    };
  }

  /** How many rows away a row of the output still counts; for all of them Integer.MAX_VALUE. */
  public int reach() {
    return switch (this) {
      case WAVELET -> (1 << Wavelet.LEVELS) - 1;
      case ADAIN -> Integer.MAX_VALUE;
      case NONE -> 0;
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
