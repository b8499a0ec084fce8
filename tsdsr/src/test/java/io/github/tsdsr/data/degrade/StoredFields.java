package io.github.tsdsr.data.degrade;

import io.github.tsdsr.golden.GoldenTensors;

/** Random fields that the reference drew, instead of new ones. */
final class StoredFields implements NoiseFields {
  private final float[] normals;
  private final float[] counts;
  private int normalsUsed;
  private int countsUsed;

  private StoredFields(float[] normals, float[] counts) {
    this.normals = normals;
    this.counts = counts;
  }

  /** Fields whose names begin so, for one picture and its noise. */
  static StoredFields gaussian(GoldenTensors from, String prefix, int picture, boolean gray) {
    return new StoredFields(
        gray ? from.floats(prefix + "gray_field") : from.floatPicture(prefix + "color_field", picture).samples(),
        new float[0]);
  }

  static StoredFields poisson(GoldenTensors from, String prefix, int picture, boolean gray) {
    return new StoredFields(
        new float[0], from.floatPicture(prefix + (gray ? "gray_counts" : "color_counts"), picture).samples());
  }

  /** Normal numbers of this, counts of the other. */
  StoredFields with(StoredFields other) {
    return new StoredFields(normals, other.counts);
  }

  @Override
  public void normal(double[] row) {
    for (int i = 0; i < row.length; i++) {
      row[i] = normals[normalsUsed++];
    }
  }

  @Override
  public void counts(byte[] levels, int first, PoissonTable[] ofLevel, double[] row) {
    for (int i = 0; i < row.length; i++) {
      row[i] = counts[countsUsed++];
    }
  }
}
