package io.github.tsdsr.infer;

import io.github.tsdsr.infer.resize.PillowFilter;
import io.github.tsdsr.infer.resize.PillowResize;
import io.github.tsdsr.io.image.Image;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.pixel.RowLoop;
import java.util.function.UnaryOperator;

/** What goes with the colours of a picture from the input to the output. */
enum ImageRule {
  /** The published program's: colours as stored, 16-bit samples by their upper halves; nothing else counts. */
  PUBLISHED {
    @Override
    Image apply(Image in, UnaryOperator<BytePixels> upscale, RowLoop loop) {
      return Pictures.image(upscale.apply(Pictures.rgb(in.highBytes())));
    }
  },
  /**
   * Ours: the picture is turned upright, its alpha plane enlarged by bicubic interpolation, its colour profile carried over;
   * 16-bit samples are rounded; a grey picture stays grey.
   */
  OWN {
    @Override
    Image apply(Image in, UnaryOperator<BytePixels> upscale, RowLoop loop) {
      Image upright = in.upright();
      BytePixels rgb = Pictures.rgb(upright);
      BytePixels large = upscale.apply(rgb);
      if (isGrey(rgb)) {
        makeGrey(large);
      }
      Image out = Pictures.image(large).withIccProfile(upright.iccProfile());
      if (!upright.hasAlpha()) {
        return out;
      }
      BytePixels alpha = new BytePixels(rgb.width(), rgb.height(), 1, upright.alpha().orElseThrow());
      return out.withAlpha(
          PillowResize.resize(alpha, large.width(), large.height(), PillowFilter.BICUBIC, loop).samples());
    }
  };

  abstract Image apply(Image in, UnaryOperator<BytePixels> upscale, RowLoop loop);

  private static boolean isGrey(BytePixels rgb) {
    byte[] s = rgb.samples();
    for (int i = 0; i < s.length; i += 3) {
      if (s[i] != s[i + 1] || s[i] != s[i + 2]) {
        return false;
      }
    }
    return true;
  }

  /** The mean of the three samples, not luma: the networks' small tints go either way. */
  private static void makeGrey(BytePixels rgb) {
    byte[] s = rgb.samples();
    for (int i = 0; i < s.length; i += 3) {
      int sum = (s[i] & 0xFF) + (s[i + 1] & 0xFF) + (s[i + 2] & 0xFF);
      byte grey = (byte) ((sum + 1) / 3);
      s[i] = grey;
      s[i + 1] = grey;
      s[i + 2] = grey;
    }
  }
}
