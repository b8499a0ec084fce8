package io.github.tsdsr.data.degrade;

import io.github.tsdsr.data.RandomStream;
import io.github.tsdsr.data.Range;
import java.util.List;

/**
 * How a blur kernel is drawn: with some chance a sinc filter, else a shape by the weights.
 *
 * @param sizes odd; one is drawn
 * @param sincChance of a sinc filter; its cutoff lies between pi/3 (from size 13 on, pi/5) and pi
 * @param shapes what else there is
 * @param weights how probable each is, in proportion
 * @param sigma of both directions
 * @param generalizedBeta the exponent of generalised Gaussians: with a half chance from below 1, else from above
 * @param plateauBeta the exponent of plateaus, likewise
 */
public record BlurRule(
    List<Integer> sizes, double sincChance, List<KernelShape> shapes, List<Double> weights, Range sigma,
    Range generalizedBeta, Range plateauBeta) {
  /** Sinc filters below this size have the higher cutoff. */
  private static final int SMALL = 13;

  public BlurRule {
    sizes = List.copyOf(sizes);
    shapes = List.copyOf(shapes);
    weights = List.copyOf(weights);
    checkSizes(sizes);
    Chances.check("sinc", sincChance);
    if (shapes.isEmpty() || shapes.size() != weights.size() || weights.stream().anyMatch(w -> !(w >= 0))
        || !(weights.stream().mapToDouble(w -> w).sum() > 0)) {
      throw new IllegalArgumentException("kernels " + shapes.stream().map(KernelShape::key).toList() + " with weights "
          + weights + ": expected a weight for each, none negative, not all of them 0");
    }
    if (!(sigma.low() > 0)) {
      throw new IllegalArgumentException("blur of sigma " + sigma.low() + ": expected above 0");
    }
    checkBeta(generalizedBeta);
    checkBeta(plateauBeta);
  }

  private static void checkBeta(Range beta) {
    if (!(beta.low() > 0 && beta.low() <= 1 && beta.high() >= 1)) {
      throw new IllegalArgumentException(
          "exponents from " + beta.low() + " to " + beta.high() + ": expected above 0, with 1 among them");
    }
  }

  static void checkSizes(List<Integer> sizes) {
    if (sizes.isEmpty() || sizes.stream().anyMatch(s -> s < 1 || s % 2 == 0 || s > 39)) {
      throw new IllegalArgumentException("kernels of size " + sizes + ": expected odd numbers from 1 to 39");
    }
  }

  /** A kernel; always takes as many numbers from the stream. */
  BlurKernel draw(RandomStream random) {
    int size = sizes.get(random.below(sizes.size()));
    boolean sinc = random.chance(sincChance);
    double cutoff = new Range(size < SMALL ? Math.PI / 3 : Math.PI / 5, Math.PI).draw(random);
    KernelShape shape = Chances.pick(shapes, weights, random);
    double sigmaX = sigma.draw(random);
    double sigmaY = sigma.draw(random);
    double theta = new Range(-Math.PI, Math.PI).draw(random);
    boolean low = random.chance(0.5);
    double within = random.uniform();
    if (sinc) {
      return BlurKernel.sinc(size, cutoff);
    }
    Range beta = shape.profile() == KernelShape.Profile.PLATEAU ? plateauBeta : generalizedBeta;
    double exponent = low ? beta.low() + (1 - beta.low()) * within : 1 + (beta.high() - 1) * within;
    return shape.isIsotropic()
        ? BlurKernel.of(shape.profile(), size, sigmaX, sigmaX, 0, exponent)
        : BlurKernel.of(shape.profile(), size, sigmaX, sigmaY, theta, exponent);
  }
}
