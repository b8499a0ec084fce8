package io.github.tsdsr.data.degrade;

import io.github.tsdsr.data.Degradation;
import io.github.tsdsr.data.Range;
import io.github.tsdsr.data.SimpleDegradation;
import io.github.tsdsr.io.config.Config;
import java.util.Arrays;
import java.util.List;

/**
 * A degradation as a configuration says it: {@code kind: simple}, the default, or {@code kind: realesrgan}, whose keys have
 * the names of its published training files; those of the second round end in 2.
 */
public final class DegradationConfig {
  private static final String SIMPLE = "simple";
  private static final String REAL_ESRGAN = "realesrgan";

  private DegradationConfig() {}

  /**
   * Reads a section's keys; what is not there has its default.
   *
   * @throws io.github.tsdsr.io.FormatException if a value has another type
   * @throws IllegalArgumentException if one makes no sense
   */
  public static Degradation read(Config c) {
    return read(c, SIMPLE);
  }

  /** {@link #read(Config)} of a section that is about {@code realesrgan} unless it says another kind. */
  public static Degradation readRealEsrgan(Config c) {
    return read(c, REAL_ESRGAN);
  }

  private static Degradation read(Config c, String absent) {
    return switch (c.text("kind", absent)) {
      case SIMPLE -> simple(c);
      case REAL_ESRGAN -> realEsrgan(c);
      default -> throw c.refused("kind", SIMPLE + " or " + REAL_ESRGAN);
    };
  }

  private static SimpleDegradation simple(Config c) {
    return new SimpleDegradation(
        c.number("blur_chance", 0.4), range(c, "blur", new Range(0.3, 1.5)), c.integer("scale", 4),
        range(c, "noise", new Range(0, 15)), range(c, "jpeg", new Range(60, 95)));
  }

  private static RealEsrgan realEsrgan(Config c) {
    RealEsrgan p = RealEsrgan.published();
    List<Integer> sizes = c.integers("kernel_sizes");
    sizes = sizes.isEmpty() ? p.sincSizes() : sizes;
    return new RealEsrgan(
        c.integer("scale", p.scale()), c.flag("sharpen", p.sharpens()),
        blur(c, "", sizes, p.blur1()), resize(c, "", p.resize1()), noise(c, "", p.noise1()),
        range(c, "jpeg_range", p.jpeg1()),
        c.number("second_blur_prob", p.blur2Chance()),
        blur(c, "2", sizes, p.blur2()), resize(c, "2", p.resize2()), noise(c, "2", p.noise2()),
        range(c, "jpeg_range2", p.jpeg2()),
        c.number("final_sinc_prob", p.sincChance()), sizes, c.number("jpeg_first_prob", p.jpegFirstChance()));
  }

  private static BlurRule blur(Config c, String round, List<Integer> sizes, BlurRule p) {
    String key = "kernel_list" + round;
    List<KernelShape> shapes = c.texts(key, p.shapes().stream().map(KernelShape::key).toList()).stream()
        .map(name -> shape(c, key, name)).toList();
    return new BlurRule(
        sizes, c.number("sinc_prob" + round, p.sincChance()), shapes, c.numbers("kernel_prob" + round, p.weights()),
        range(c, "blur_sigma" + round, p.sigma()), range(c, "betag_range" + round, p.generalizedBeta()),
        range(c, "betap_range" + round, p.plateauBeta()));
  }

  private static KernelShape shape(Config c, String key, String name) {
    return Arrays.stream(KernelShape.values()).filter(s -> s.key().equals(name)).findFirst().orElseThrow(
        () -> c.refused(key, "names out of " + Arrays.stream(KernelShape.values()).map(KernelShape::key).toList()));
  }

  private static ResizeRule resize(Config c, String round, ResizeRule p) {
    return new ResizeRule(
        c.numbers("resize_prob" + round, p.weights()), range(c, "resize_range" + round, p.factor()));
  }

  private static NoiseRule noise(Config c, String round, NoiseRule p) {
    return new NoiseRule(
        c.number("gaussian_noise_prob" + round, p.gaussianChance()), range(c, "noise_range" + round, p.sigma()),
        range(c, "poisson_scale_range" + round, p.poissonScale()),
        c.number("gray_noise_prob" + round, p.grayChance()));
  }

  private static Range range(Config c, String key, Range absent) {
    double[] ends = c.range(key, absent.low(), absent.high());
    if (!(ends[0] <= ends[1])) {
      throw c.refused(key, "two numbers, lower one first");
    }
    return new Range(ends[0], ends[1]);
  }
}
