package io.github.tsdsr.data.degrade;

import io.github.tsdsr.golden.GoldenTensors;

/** Random fields that the reference drew, instead of new ones. */
final class StoredFields implements NoiseFields {
  private final double[] grayNormal;
  private final double[] colourNormal;
  private final double[] grayCounts;
  private final double[] colourCounts;

  private StoredFields(double[] grayNormal, double[] colourNormal, double[] grayCounts, double[] colourCounts) {
    this.grayNormal = grayNormal;
    this.colourNormal = colourNormal;
    this.grayCounts = grayCounts;
    this.colourCounts = colourCounts;
  }

  private static double[] doubles(float[] values) {
    double[] out = new double[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[i];
    }
    return out;
  }

  private static double[] normals(GoldenTensors from, String prefix) {
    return doubles(from.floats(prefix + "gray_field"));
  }

  private static double[] picture(GoldenTensors from, String name, int sample) {
    return doubles(from.floatPicture(name, sample).samples());
  }

  static StoredFields gaussian(GoldenTensors from, String prefix, int sample) {
    return new StoredFields(
        normals(from, prefix), picture(from, prefix + "color_field", sample), null, null);
  }

  static StoredFields poisson(GoldenTensors from, String prefix, int sample) {
    return new StoredFields(
        null, null, picture(from, prefix + "gray_counts", sample), picture(from, prefix + "color_counts", sample));
  }

  /** Normal numbers of one, counts of the other. */
  StoredFields with(StoredFields counts) {
    return new StoredFields(grayNormal, colourNormal, counts.grayCounts, counts.colourCounts);
  }

  private static double[] fitting(double[] gray, double[] colour, int count) {
    if (gray.length != count && colour.length != count) {
      throw new AssertionError(count + " random numbers, expected " + gray.length + " or " + colour.length);
    }
    return (gray.length == count ? gray : colour).clone();
  }

  @Override
  public double[] normal(int count) {
    return fitting(grayNormal, colourNormal, count);
  }

  @Override
  public double[] counts(int[] levels, int vals) {
    return fitting(grayCounts, colourCounts, levels.length);
  }
}
