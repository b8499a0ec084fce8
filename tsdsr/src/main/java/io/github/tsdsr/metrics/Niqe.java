package io.github.tsdsr.metrics;

import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Values;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * NIQE, the distance of a picture's statistics from those of natural pictures; lower is better (Mittal,
 * Soundararajan, Bovik: "Making a completely blind image quality analyzer", 2013). As pyiqa computes it: luma of YIQ,
 * rounded; the picture cut to multiples of 96; 36 features of each block of 96x96, half of them at half size;
 * sqrt(d^T M^-1 d) with d the difference of the means and M the mean of the two covariances. The model of natural
 * pictures is BasicSR's (Apache-2.0).
 */
public final class Niqe {
  private static final int BLOCK = 96;
  private static final int LEAST_BLOCKS = 2;
  private static final int FEATURES = 2 * NiqeFeatures.COUNT;

  private final double[] naturalMean;
  private final double[] naturalCovariance;

  private Niqe(double[] naturalMean, double[] naturalCovariance) {
    this.naturalMean = naturalMean;
    this.naturalCovariance = naturalCovariance;
  }

  /** With the model that ships with the program. */
  public static Niqe load() {
    String name = "niqe_params.safetensors";
    try (InputStream in = Niqe.class.getResourceAsStream(name);
        SafetensorsFile file = SafetensorsFile.of(in.readAllBytes(), name);
        Backend backend = new ReferenceBackend()) {
      return new Niqe(Values.doubles(backend, file.get("mu_pris_param", 1, FEATURES)),
          Values.doubles(backend, file.get("cov_pris_param", FEATURES, FEATURES)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The score of an RGB picture.
   *
   * @throws IllegalArgumentException if it is not RGB or has fewer than two blocks of 96x96 that are not flat
   */
  public double of(BytePixels rgb) {
    List<double[]> features = usable(rgb);
    if (features.size() < LEAST_BLOCKS) {
      throw new IllegalArgumentException("NIQE of a picture of " + rgb.width() + "x" + rgb.height() + ": "
          + features.size() + " usable blocks of " + BLOCK + "x" + BLOCK + ", expected at least " + LEAST_BLOCKS);
    }
    return score(features);
  }

  /** The score of an RGB picture; empty if it has fewer than two blocks of 96x96 that are not flat. */
  public OptionalDouble find(BytePixels rgb) {
    List<double[]> features = usable(rgb);
    return features.size() < LEAST_BLOCKS ? OptionalDouble.empty() : OptionalDouble.of(score(features));
  }

  private static List<double[]> usable(BytePixels rgb) {
    return features(rgb).stream().filter(f -> Arrays.stream(f).noneMatch(Double::isNaN)).toList();
  }

  private double score(List<double[]> features) {
    int n = features.size();
    double[] mean = new double[FEATURES];
    for (double[] f : features) {
      for (int i = 0; i < FEATURES; i++) {
        mean[i] += f[i] / n;
      }
    }
    double[] matrix = new double[FEATURES * FEATURES];
    for (int i = 0; i < FEATURES; i++) {
      for (int j = 0; j < FEATURES; j++) {
        double covariance = 0;
        for (double[] f : features) {
          covariance += (f[i] - mean[i]) * (f[j] - mean[j]);
        }
        matrix[i * FEATURES + j] = (naturalCovariance[i * FEATURES + j] + covariance / (n - 1)) / 2;
      }
    }
    double[] difference = new double[FEATURES];
    for (int i = 0; i < FEATURES; i++) {
      difference[i] = naturalMean[i] - mean[i];
    }
    return Math.sqrt(inverseForm(matrix, difference));
  }

  /** The features of every block, column by column. */
  static List<double[]> features(BytePixels rgb) {
    if (rgb.channels() != 3) {
      throw new IllegalArgumentException("NIQE of a picture with " + rgb.channels() + " channels: expected 3 (RGB)");
    }
    int width = rgb.width() / BLOCK * BLOCK;
    int height = rgb.height() / BLOCK * BLOCK;
    if (width == 0 || height == 0) {
      return List.of();
    }
    double[] luma = Luma.YIQ.rounded(rgb.crop(0, 0, width, height));
    double[] fine = NiqeFeatures.normalised(luma, width, height);
    double[] coarse = NiqeFeatures.normalised(NiqeFeatures.half(luma, width, height), width / 2, height / 2);
    List<double[]> out = new ArrayList<>();
    for (int x = 0; x < width; x += BLOCK) {
      for (int y = 0; y < height; y += BLOCK) {
        double[] f = new double[FEATURES];
        NiqeFeatures.ofBlock(fine, width, x, y, BLOCK, f, 0);
        NiqeFeatures.ofBlock(coarse, width / 2, x / 2, y / 2, BLOCK / 2, f, NiqeFeatures.COUNT);
        out.add(f);
      }
    }
    return out;
  }

  /** d^T M^-1 d for a positive definite M, by Cholesky: with M = L L^T it is |L^-1 d|^2. Overwrites both. */
  private static double inverseForm(double[] m, double[] d) {
    int n = d.length;
    double sum = 0;
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double v = m[i * n + j];
        for (int k = 0; k < j; k++) {
          v -= m[i * n + k] * m[j * n + k];
        }
        m[i * n + j] = i == j ? Math.sqrt(v) : v / m[j * n + j];
      }
      for (int k = 0; k < i; k++) {
        d[i] -= m[i * n + k] * d[k];
      }
      d[i] /= m[i * n + i];
      sum += d[i] * d[i];
    }
    return sum;
  }
}
