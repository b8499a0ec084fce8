package io.github.tsdsr.data;

import io.github.tsdsr.pixel.BytePixels;

/**
 * Other colours for some of the clean crops: channels in another order, a gain for each, and by their own chances an
 * offset for all, inverted levels, another saturation (the distance of each channel from their mean).
 *
 * @param chance how many of the crops are changed at all
 * @param gain each channel's factor
 * @param offset in levels of 0..255, added to half of the changed crops
 * @param inversionChance how many of the changed crops are inverted
 * @param saturation the factor for half of the changed crops
 */
public record ColourAugmentation(double chance, Range gain, Range offset, double inversionChance, Range saturation) {
  private static final int[][] ORDERS = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

  public ColourAugmentation {
    if (!(chance >= 0 && chance <= 1) || !(inversionChance >= 0 && inversionChance <= 1)) {
      throw new IllegalArgumentException(
          "colour augmentation with chances " + chance + " and " + inversionChance + ": expected 0 to 1");
    }
  }

  /** No change. */
  public static ColourAugmentation none() {
    return gentle(0);
  }

  /** Changes that keep a photo plausible, for this share of the crops. */
  public static ColourAugmentation gentle(double chance) {
    return new ColourAugmentation(chance, new Range(0.5, 1.15), new Range(-20, 20), 0.2, new Range(0.5, 1.8));
  }

  BytePixels apply(BytePixels rgb, RandomStream random) {
    if (!random.chance(chance)) {
      return rgb;
    }
    int[] order = ORDERS[random.below(ORDERS.length)];
    double[] gains = {gain.draw(random), gain.draw(random), gain.draw(random)};
    double shift = random.chance(0.5) ? offset.draw(random) : 0;
    boolean inverted = random.chance(inversionChance);
    double spread = random.chance(0.5) ? saturation.draw(random) : 1;
    BytePixels out = BytePixels.blank(rgb.width(), rgb.height(), 3);
    double[] pixel = new double[3];
    for (int i = 0; i < out.samples().length; i += 3) {
      double mean = 0;
      for (int c = 0; c < 3; c++) {
        double v = gains[c] * (rgb.samples()[i + order[c]] & 0xFF) + shift;
        pixel[c] = inverted ? 255 - v : v;
        mean += pixel[c] / 3;
      }
      for (int c = 0; c < 3; c++) {
        out.samples()[i + c] = (byte) Math.clamp(Math.round(mean + (pixel[c] - mean) * spread), 0, 255);
      }
    }
    return out;
  }
}
