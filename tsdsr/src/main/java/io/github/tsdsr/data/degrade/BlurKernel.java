package io.github.tsdsr.data.degrade;

/**
 * A square filter of odd size; its weights add up to 1. The weight of column x and row y, from the top left, is {@code
 * weights[y * size + x]}. The array is not copied; equality is that of the array's identity.
 */
public record BlurKernel(int size, double[] weights) {
  public BlurKernel {
    if (size < 1 || size % 2 == 0 || weights.length != size * size) {
      throw new IllegalArgumentException("a kernel of " + size + " with " + weights.length
          + " weights: expected an odd size and its square");
    }
  }

  /** The filter that changes nothing. */
  public static BlurKernel pulse() {
    return new BlurKernel(1, new double[] {1});
  }

  /**
   * A kernel that falls off with d = (u / sigmaX)^2 + (v / sigmaY)^2, where (u, v) are the offsets turned by theta.
   *
   * @param profile how it falls off
   * @param theta in radians; columns are x, rows y
   * @param beta the profile's exponent; a Gaussian has none
   * @throws IllegalArgumentException if the size is even or a sigma not positive
   */
  public static BlurKernel of(
      KernelShape.Profile profile, int size, double sigmaX, double sigmaY, double theta, double beta) {
    if (!(sigmaX > 0 && sigmaY > 0)) {
      throw new IllegalArgumentException("a kernel of sigma " + sigmaX + " and " + sigmaY + ": expected above 0");
    }
    double cos = StrictMath.cos(theta);
    double sin = StrictMath.sin(theta);
    return normalised(size, (x, y) -> {
      double u = (cos * x + sin * y) / sigmaX;
      double v = (cos * y - sin * x) / sigmaY;
      return profile.at(u * u + v * v, beta);
    });
  }

  /**
   * A circular low-pass filter: w J1(w r) / (2 pi r) at the distance r, in the centre w^2 / (4 pi).
   *
   * @param cutoff w, in radians a pixel, up to pi
   * @throws IllegalArgumentException if the size is even or the cutoff out of range
   */
  public static BlurKernel sinc(int size, double cutoff) {
    if (!(cutoff > 0 && cutoff <= Math.PI)) {
      throw new IllegalArgumentException("a sinc filter with cutoff " + cutoff + ": expected above 0 and up to pi");
    }
    return normalised(size, (x, y) -> {
      double r = Math.sqrt(x * x + y * y);
      return r == 0 ? cutoff * cutoff / (4 * Math.PI) : cutoff * BesselJ1.of(cutoff * r) / (2 * Math.PI * r);
    });
  }

  /** A weight by its offset from the centre. */
  private interface Weight {
    double at(int x, int y);
  }

  private static BlurKernel normalised(int size, Weight weight) {
    double[] weights = new double[size * size];
    int radius = size / 2;
    double total = 0;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = weight.at(i % size - radius, i / size - radius);
      total += weights[i];
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= total;
    }
    return new BlurKernel(size, weights);
  }
}
