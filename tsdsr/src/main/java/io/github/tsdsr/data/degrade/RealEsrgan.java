package io.github.tsdsr.data.degrade;

import io.github.tsdsr.data.Degradation;
import io.github.tsdsr.data.RandomStream;
import io.github.tsdsr.data.Range;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.ByteRounding;
import java.util.List;

/**
 * The second-order degradation of Real-ESRGAN (Wang et al., arXiv 2107.10833): sharpening, then twice blur, resizing, noise
 * and JPEG, with a sinc filter and the resizing to the final size before or after the last JPEG. Every parameter is drawn
 * anew for every picture.
 *
 * @param scale by how much the sides shrink
 * @param sharpens whether the clean picture is sharpened before it is degraded
 * @param jpeg1 quality, a real number above 0 and below 100
 * @param blur2Chance of a second blur
 * @param sincChance of the last sinc filter; its cutoff lies between pi/3 and pi
 * @param sincSizes its sizes
 * @param jpegFirstChance of JPEG before the last resizing and the sinc filter instead of after them
 */
public record RealEsrgan(
    int scale, boolean sharpens, BlurRule blur1, ResizeRule resize1, NoiseRule noise1, Range jpeg1, double blur2Chance,
    BlurRule blur2, ResizeRule resize2, NoiseRule noise2, Range jpeg2, double sincChance, List<Integer> sincSizes,
    double jpegFirstChance)
    implements Degradation {
  private static final List<Integer> SIZES = List.of(7, 9, 11, 13, 15, 17, 19, 21);
  private static final List<Double> SHAPE_WEIGHTS = List.of(0.45, 0.25, 0.12, 0.03, 0.12, 0.03);

  public RealEsrgan {
    sincSizes = List.copyOf(sincSizes);
    BlurRule.checkSizes(sincSizes);
    Chances.check("second blur", blur2Chance);
    Chances.check("last sinc filter", sincChance);
    Chances.check("JPEG before resizing", jpegFirstChance);
    checkQuality(jpeg1);
    checkQuality(jpeg2);
    if (scale < 1) {
      throw new IllegalArgumentException("a scale of " + scale + ": expected at least 1");
    }
  }

  private static void checkQuality(Range quality) {
    if (!(quality.low() > 0 && quality.high() < 100)) {
      throw new IllegalArgumentException("JPEG qualities from " + quality.low() + " to " + quality.high()
          + ": expected above 0 and below 100");
    }
  }

  /** The published parameters, those of the x4plus model's training. */
  public static RealEsrgan published() {
    return new RealEsrgan(
        4, true,
        blur(new Range(0.2, 3)), new ResizeRule(List.of(0.2, 0.7, 0.1), new Range(0.15, 1.5)),
        new NoiseRule(0.5, new Range(1, 30), new Range(0.05, 3), 0.4), new Range(30, 95),
        0.8,
        blur(new Range(0.2, 1.5)), new ResizeRule(List.of(0.3, 0.4, 0.3), new Range(0.3, 1.2)),
        new NoiseRule(0.5, new Range(1, 25), new Range(0.05, 2.5), 0.4), new Range(30, 95),
        0.8, SIZES, 0.5);
  }

  private static BlurRule blur(Range sigma) {
    return new BlurRule(
        SIZES, 0.1, List.of(KernelShape.values()), SHAPE_WEIGHTS, sigma, new Range(0.5, 4), new Range(1, 2));
  }

  /** Draws what happens to a picture; always takes as many numbers from the stream. */
  public DegradationPlan plan(RandomStream random) {
    BlurKernel first = blur1.draw(random);
    ResizeRule.Drawn resizeFirst = resize1.draw(random);
    Noise noiseFirst = noise1.draw(random);
    double quality1 = jpeg1.draw(random);
    boolean blurs = random.chance(blur2Chance);
    BlurKernel second = blur2.draw(random);
    ResizeRule.Drawn resizeSecond = resize2.draw(random);
    Noise noiseSecond = noise2.draw(random);
    double quality2 = jpeg2.draw(random);
    boolean sincs = random.chance(sincChance);
    int size = sincSizes.get(random.below(sincSizes.size()));
    double cutoff = new Range(Math.PI / 3, Math.PI).draw(random);
    boolean jpegFirst = random.chance(jpegFirstChance);
    Interpolation last = ResizeRule.interpolation(random);
    return new DegradationPlan(
        scale, sharpens, first, resizeFirst, noiseFirst, quality1, blurs ? second : BlurKernel.pulse(), resizeSecond,
        noiseSecond, jpegFirst, last, sincs ? BlurKernel.sinc(size, cutoff) : BlurKernel.pulse(), quality2);
  }

  @Override
  public BytePixels degrade(BytePixels clean, RandomStream random) {
    if (clean.channels() != 3) {
      throw new IllegalArgumentException("a picture of " + clean.channels() + " channels: expected RGB");
    }
    DegradationPlan plan = plan(random);
    return plan.apply(clean.toUnit(), NoiseFields.of(random)).toBytes(ByteRounding.NEAREST);
  }
}
