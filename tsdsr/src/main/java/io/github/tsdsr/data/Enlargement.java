package io.github.tsdsr.data;

import io.github.tsdsr.infer.resize.PillowFilter;
import io.github.tsdsr.infer.resize.PillowResize;
import io.github.tsdsr.infer.resize.TorchBicubic;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.RowLoop;

/** How a degraded picture is brought back to the clean one's size. */
public enum Enlargement {
  /** As inference does it: PyTorch's bicubic, no rounding between. */
  TORCH_BICUBIC {
    @Override
    FloatPixels unit(BytePixels small, int width, int height) {
      return TorchBicubic.resize(small.toUnit(), width, height, RowLoop.serial());
    }
  },
  /** As the published data sets were made: Pillow's bicubic, rounded to bytes. */
  PILLOW_BICUBIC {
    @Override
    FloatPixels unit(BytePixels small, int width, int height) {
      return PillowResize.resize(small, width, height, PillowFilter.BICUBIC, RowLoop.serial()).toUnit();
    }
  };

  abstract FloatPixels unit(BytePixels small, int width, int height);

  /** The picture at this size, its values taken from [0, 1] to [-1, 1] and clamped. */
  public FloatPixels toSigned(BytePixels small, int width, int height) {
    FloatPixels unit = unit(small, width, height);
    FloatPixels out = FloatPixels.blank(width, height, small.channels());
    for (int i = 0; i < out.samples().length; i++) {
      out.samples()[i] = Math.clamp(unit.samples()[i] * 2 - 1, -1f, 1f);
    }
    return out;
  }
}
