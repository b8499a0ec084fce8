package io.github.tsdsr.data;

import io.github.tsdsr.infer.resize.PillowFilter;
import io.github.tsdsr.infer.resize.PillowResize;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.RowLoop;

/**
 * A first-order degradation: with some chance a Gaussian blur, then Pillow's bicubic down by {@code scale}, Gaussian
 * noise, JPEG; 8 bits after each step. Every parameter is drawn anew for every picture.
 *
 * @param blurChance the probability of a blur
 * @param blurSigma its sigma, in pixels of the clean picture
 * @param scale by how much the sides shrink
 * @param noiseSigma the noise's sigma, in levels of 0..255
 * @param jpegQuality from 1 to 100; a whole number is drawn, both ends included
 */
public record SimpleDegradation(double blurChance, Range blurSigma, int scale, Range noiseSigma, Range jpegQuality)
    implements Degradation {
  public SimpleDegradation {
    if (!(blurChance >= 0 && blurChance <= 1) || scale < 1 || noiseSigma.low() < 0 || jpegQuality.low() < 1
        || jpegQuality.high() > 100 || Math.ceil(jpegQuality.low()) > jpegQuality.high()
        || blurChance > 0 && blurSigma.low() <= 0) {
      throw new IllegalArgumentException("degradation with blur chance " + blurChance + " and " + blurSigma + ", scale "
          + scale + ", noise " + noiseSigma + ", JPEG " + jpegQuality
          + ": expected a chance of 0 to 1, a blur above 0, a scale of at least 1, no negative noise,"
          + " whole qualities of 1 to 100");
    }
  }

  /** What the built-in model is validated on: no blur, down by 4, noise of sigma 8, JPEG quality 75. */
  public static SimpleDegradation validation() {
    return fixed(8, 75);
  }

  /** The same with noise of another sigma and JPEG of another quality. */
  public static SimpleDegradation fixed(double noise, int quality) {
    return new SimpleDegradation(0, Range.exactly(1), 4, Range.exactly(noise), Range.exactly(quality));
  }

  /**
   * The degraded picture, smaller by the scale.
   *
   * @throws IllegalArgumentException if it is not RGB or a side is no multiple of the scale
   */
  @Override
  public BytePixels degrade(BytePixels clean, RandomStream random) {
    if (clean.channels() != 3 || clean.width() % scale != 0 || clean.height() % scale != 0) {
      throw new IllegalArgumentException("a picture of " + clean.width() + "x" + clean.height() + " with "
          + clean.channels() + " channels: expected RGB and sides that are multiples of " + scale);
    }
    // All parameters are drawn first, in a fixed order, so that switching one step off leaves the others alone.
    boolean blurs = random.chance(blurChance);
    double blur = blurSigma.draw(random);
    double noise = noiseSigma.draw(random);
    int lowest = (int) Math.ceil(jpegQuality.low());
    int quality = lowest + random.below((int) Math.floor(jpegQuality.high()) - lowest + 1);
    BytePixels x = blurs ? GaussianBlur.blur(clean, blur) : clean;
    x = PillowResize.resize(x, clean.width() / scale, clean.height() / scale, PillowFilter.BICUBIC, RowLoop.serial());
    return Jpeg.roundTrip(noisy(x, noise, random), quality);
  }

  private static BytePixels noisy(BytePixels x, double sigma, RandomStream random) {
    double[] values = new double[x.samples().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = x.samples()[i] & 0xFF;
    }
    random.addNormal(sigma, values);
    BytePixels out = BytePixels.blank(x.width(), x.height(), x.channels());
    for (int i = 0; i < values.length; i++) {
      out.samples()[i] = (byte) Math.clamp(Math.round(values[i]), 0, 255);
    }
    return out;
  }
}
