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
  WAVELET {
    @Override
    public FloatPixels align(FloatPixels output, BytePixels input, RowLoop loop) {
      BytePixels enlarged = PillowResize.resize(input, output.width(), output.height(), PillowFilter.BICUBIC, loop);
      return Wavelet.align(output, enlarged.toUnit(), loop);
    }
  },
  /** Every channel's mean and deviation become those of the input at its own size. */
  ADAIN {
    @Override
    public FloatPixels align(FloatPixels output, BytePixels input, RowLoop loop) {
      return MeanAndDeviation.align(output, input.toUnit());
    }
  },
  /** The output as it is. */
  NONE {
    @Override
    public FloatPixels align(FloatPixels output, BytePixels input, RowLoop loop) {
      return output;
    }
  };

  /**
   * The output in [0, 1] with the colours of the input, not clamped.
   *
   * @throws IllegalArgumentException if the channels differ
   */
  public abstract FloatPixels align(FloatPixels output, BytePixels input, RowLoop loop);

  /** The same from bytes to bytes, as the published program works (there with {@link ByteRounding#TRUNCATE}). */
  public BytePixels align(BytePixels output, BytePixels input, ByteRounding rule, RowLoop loop) {
    return this == NONE ? output : align(output.toUnit(), input, loop).toBytes(rule);
  }
}
