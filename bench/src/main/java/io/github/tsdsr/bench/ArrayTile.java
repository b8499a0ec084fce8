package io.github.tsdsr.bench;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** A tile of 6 pixels by 2 vectors of channels over float[]; positions and strides in elements. */
final class ArrayTile {
  private static final VectorSpecies<Float> S = FloatVector.SPECIES_PREFERRED;
  private static final int V = S.length();

  private ArrayTile() {}

  static void run(
      int rows, int rowX, int rowW, int k, float[] x, int a, int pixel, int stepX, float[] w, int b, int stepW,
      float[] y, int c, int rowC) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector c00 = zero, c01 = zero;
    FloatVector c10 = zero, c11 = zero;
    FloatVector c20 = zero, c21 = zero;
    FloatVector c30 = zero, c31 = zero;
    FloatVector c40 = zero, c41 = zero;
    FloatVector c50 = zero, c51 = zero;
    for (int s = 0; s < rows; s++) {
      int pa = a + s * rowX;
      int pb = b + s * rowW;
      for (int i = 0; i < k; i++) {
        FloatVector b0 = FloatVector.fromArray(S, w, pb);
        FloatVector b1 = FloatVector.fromArray(S, w, pb + V);
        FloatVector a0 = FloatVector.broadcast(S, x[pa]);
        c00 = a0.fma(b0, c00);
        c01 = a0.fma(b1, c01);
        FloatVector a1 = FloatVector.broadcast(S, x[pa + pixel]);
        c10 = a1.fma(b0, c10);
        c11 = a1.fma(b1, c11);
        FloatVector a2 = FloatVector.broadcast(S, x[pa + 2 * pixel]);
        c20 = a2.fma(b0, c20);
        c21 = a2.fma(b1, c21);
        FloatVector a3 = FloatVector.broadcast(S, x[pa + 3 * pixel]);
        c30 = a3.fma(b0, c30);
        c31 = a3.fma(b1, c31);
        FloatVector a4 = FloatVector.broadcast(S, x[pa + 4 * pixel]);
        c40 = a4.fma(b0, c40);
        c41 = a4.fma(b1, c41);
        FloatVector a5 = FloatVector.broadcast(S, x[pa + 5 * pixel]);
        c50 = a5.fma(b0, c50);
        c51 = a5.fma(b1, c51);
        pa += stepX;
        pb += stepW;
      }
    }
    c00.intoArray(y, c);
    c01.intoArray(y, c + V);
    c10.intoArray(y, c + rowC);
    c11.intoArray(y, c + rowC + V);
    c20.intoArray(y, c + 2 * rowC);
    c21.intoArray(y, c + 2 * rowC + V);
    c30.intoArray(y, c + 3 * rowC);
    c31.intoArray(y, c + 3 * rowC + V);
    c40.intoArray(y, c + 4 * rowC);
    c41.intoArray(y, c + 4 * rowC + V);
    c50.intoArray(y, c + 5 * rowC);
    c51.intoArray(y, c + 5 * rowC + V);
  }
}
