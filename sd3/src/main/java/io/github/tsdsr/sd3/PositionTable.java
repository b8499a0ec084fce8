package io.github.tsdsr.sd3;

/** The fixed table of two-dimensional sinusoidal positions that a new transformer starts from. */
public final class PositionTable {
  private PositionTable() {}

  /**
   * Row-major (size,size,d): with p = base / size and omega_k = 10000^(-k / (d/4)), k = 0..d/4-1, the position (row y,
   * column x) has four quarters of channels: sin(x p omega), cos(x p omega), sin(y p omega), cos(y p omega). The column
   * comes first.
   *
   * @param size positions along a side
   * @param base positions along a side of the pictures trained on: sample size / patch size
   * @param d channels, a multiple of 4
   */
  public static float[] sinCos(int size, int base, int d) {
    if (d % 4 != 0) {
      throw new IllegalArgumentException("a position table has a multiple of 4 channels, got " + d);
    }
    int quarter = d / 4;
    float[] table = new float[Math.multiplyExact(Math.multiplyExact(size, size), d)];
    for (int k = 0; k < quarter; k++) {
      double omega = Math.pow(10000, -(double) k / quarter);
      for (int i = 0; i < size; i++) {
        double angle = (double) i * base / size * omega;
        float sin = (float) Math.sin(angle);
        float cos = (float) Math.cos(angle);
        for (int j = 0; j < size; j++) {
          int asColumn = (j * size + i) * d;
          table[asColumn + k] = sin;
          table[asColumn + quarter + k] = cos;
          int asRow = (i * size + j) * d;
          table[asRow + 2 * quarter + k] = sin;
          table[asRow + 3 * quarter + k] = cos;
        }
      }
    }
    return table;
  }
}
