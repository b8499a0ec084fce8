package io.github.tsdsr.infer;

import io.github.tsdsr.infer.resize.PillowFilter;
import io.github.tsdsr.infer.resize.PillowResize;
import io.github.tsdsr.io.image.Image;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.pixel.RowLoop;
import java.util.Optional;

/** What goes with the colours of a picture from the input to the output. */
enum ImageRule {
  /** The published program's: colours as stored, 16-bit samples by their upper halves; nothing else counts. */
  PUBLISHED {
    @Override
    Image apply(Image in, PictureUpscaler upscaler, UpscaleSettings settings, Progress progress, RowLoop loop) {
      return Pictures.image(upscaler.upscale(Pictures.rgb(in.highBytes()), settings, progress));
    }
  },
  /**
   * Ours: the picture is turned upright, its alpha plane enlarged by bicubic interpolation, its colour profile carried over;
   * it keeps as many bits a sample as it has; a grey picture stays grey.
   */
  OWN {
    @Override
    Image apply(Image in, PictureUpscaler upscaler, UpscaleSettings settings, Progress progress, RowLoop loop) {
      Image upright = in.upright();
      FloatPixels rgb = Pictures.unit(upright);
      FloatPixels large = upscaler.upscale(rgb, settings, progress);
      if (isGrey(rgb)) {
        makeGrey(large);
      }
      Optional<FloatPixels> alpha = Pictures.alphaUnit(upright)
          .map(plane -> PillowResize.resize(plane, large.width(), large.height(), PillowFilter.BICUBIC, loop));
      return Pictures.image(large, alpha, upright.bitsPerSample()).withIccProfile(upright.iccProfile());
    }
  };

  abstract Image apply(Image in, PictureUpscaler upscaler, UpscaleSettings settings, Progress progress, RowLoop loop);

  private static boolean isGrey(FloatPixels rgb) {
    float[] s = rgb.samples();
    for (int i = 0; i < s.length; i += 3) {
      if (s[i] != s[i + 1] || s[i] != s[i + 2]) {
        return false;
      }
    }
    return true;
  }

  /** The mean of the three samples, not luma: the networks' small tints go either way. */
  private static void makeGrey(FloatPixels rgb) {
    float[] s = rgb.samples();
    for (int i = 0; i < s.length; i += 3) {
      float grey = (s[i] + s[i + 1] + s[i + 2]) / 3;
      s[i] = grey;
      s[i + 1] = grey;
      s[i + 2] = grey;
    }
  }
}
