package io.github.tsdsr.data.degrade;

import io.github.tsdsr.pixel.FloatPixels;

/**
 * What happens to one picture: everything that was drawn but the noise itself.
 *
 * @param scale by how much the sides shrink in all
 * @param sharpens whether the picture is sharpened first
 * @param blur2 a pulse where there is no second blur
 * @param resize1 by its factor
 * @param resize2 to the final size times its factor
 * @param jpegFirst whether JPEG comes before the last resizing and the sinc filter, not after them
 * @param sinc a pulse where there is none
 */
public record DegradationPlan(
    int scale, boolean sharpens, BlurKernel blur1, ResizeRule.Drawn resize1, Noise noise1, double quality1,
    BlurKernel blur2, ResizeRule.Drawn resize2, Noise noise2, boolean jpegFirst, Interpolation lastResize,
    BlurKernel sinc, double quality2) {
  /** The degraded picture, its sides divided by the scale and rounded down, in [0, 1]. */
  FloatPixels apply(FloatPixels clean, NoiseFields fields) {
    int width = clean.width();
    int height = clean.height();
    FloatPixels x = sharpens ? UnsharpMask.sharpen(clean) : clean;
    x = Correlation.apply(x, blur1);
    x = resize1.by().byFactor(x, resize1.factor());
    x = clamped(noise1.addedTo(x, fields));
    x = DiffJpeg.apply(x, quality1);
    x = Correlation.apply(x, blur2);
    double factor = resize2.factor() / scale;
    x = resize2.by().toSize(x, side(width * factor), side(height * factor));
    x = clamped(noise2.addedTo(x, fields));
    x = jpegFirst ? DiffJpeg.apply(x, quality2) : x;
    x = lastResize.toSize(x, side((double) width / scale), side((double) height / scale));
    x = clamped(Correlation.apply(x, sinc));
    return jpegFirst ? x : DiffJpeg.apply(x, quality2);
  }

  private static int side(double exact) {
    return Math.max(1, (int) exact);
  }

  private static FloatPixels clamped(FloatPixels x) {
    FloatPixels out = FloatPixels.blank(x.width(), x.height(), x.channels());
    for (int i = 0; i < out.samples().length; i++) {
      out.samples()[i] = Math.min(Math.max(x.samples()[i], 0), 1);
    }
    return out;
  }
}
