package io.github.tsdsr.data.degrade;

import io.github.tsdsr.data.RandomStream;
import io.github.tsdsr.data.Range;

/**
 * How noise is drawn.
 *
 * @param gaussianChance of normal noise; else it is Poisson noise
 * @param sigma of normal noise, in levels of 0..255
 * @param poissonScale of Poisson noise
 * @param grayChance of the same noise in all channels
 */
public record NoiseRule(double gaussianChance, Range sigma, Range poissonScale, double grayChance) {
  public NoiseRule {
    Chances.check("Gaussian noise", gaussianChance);
    Chances.check("gray noise", grayChance);
    if (sigma.low() < 0 || poissonScale.low() < 0) {
      throw new IllegalArgumentException("noise from sigma " + sigma.low() + " and Poisson scale " + poissonScale.low()
          + ": expected no negative ones");
    }
  }

  /** A noise; always takes as many numbers from the stream. */
  Noise draw(RandomStream random) {
    boolean gaussian = random.chance(gaussianChance);
    double s = sigma.draw(random);
    double scale = poissonScale.draw(random);
    boolean gray = random.chance(grayChance);
    return gaussian ? new Noise.Gaussian(s, gray) : new Noise.Poisson(scale, gray);
  }
}
