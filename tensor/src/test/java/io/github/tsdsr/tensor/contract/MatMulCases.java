package io.github.tsdsr.tensor.contract;

import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.op.Linear;
import io.github.tsdsr.tensor.op.MatMul;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Matrix products of awkward sizes in all transpositions and types. */
final class MatMulCases {
  private static final double SUMS = 2e-6;
  private static final int[][] SIZES = {
    {1, 1, 1}, {7, 13, 1}, {13, 7, 65}, {65, 65, 65}, {207, 13, 7}, {1, 207, 65}, {65, 1, 207}, {65, 207, 13},
    {13, 65, 207},
    {48, 64, 128}, {100, 33, 2100}
  };

  private MatMulCases() {}

  static Stream<OpCase> all() {
    List<OpCase> cases = new ArrayList<>();
    for (int[] s : SIZES) {
      int m = s[0];
      int n = s[1];
      int k = s[2];
      String size = m + "x" + n + "x" + k;
      cases.add(new OpCase("MatMul " + size, SUMS, o -> new MatMul(o.normal(m, k), o.normal(k, n), o.out(m, n))));
      cases.add(new OpCase("MatMul " + size + ", b transposed", SUMS,
          o -> new MatMul(o.normal(m, k), o.normal(n, k).transpose(), o.out(m, n))));
      cases.add(new OpCase("MatMul " + size + ", a transposed", SUMS,
          o -> new MatMul(o.normal(k, m).transpose(), o.normal(k, n), o.out(m, n))));
      cases.add(new OpCase("MatMul " + size + ", all transposed, added", SUMS,
          o -> new MatMul(o.normal(k, m).transpose(), o.normal(n, k).transpose(), o.normal(n, m).transpose(), 0.5, 1)));
      cases.add(new OpCase("MatMul " + size + ", half the old added", SUMS,
          o -> new MatMul(o.normal(m, k), o.normal(n, k).transpose(), o.normal(m, n), -2, 0.5)));
      for (DType t : List.of(DType.BF16, DType.F16)) {
        cases.add(new OpCase("MatMul " + size + ", b in " + t, SUMS,
            o -> new MatMul(o.normal(m, k), o.normal(t, k, n), o.out(m, n))));
        cases.add(new OpCase("MatMul " + size + ", a in " + t, SUMS,
            o -> new MatMul(o.normal(t, m, k), o.normal(k, n), o.out(m, n))));
        cases.add(new OpCase("Linear " + size + " with weights in " + t, SUMS,
            o -> new Linear(o.normal(m, k), o.normal(t, n, k), o.normal(n), o.out(m, n))));
      }
      cases.add(new OpCase("Linear " + size, SUMS,
          o -> new Linear(o.normal(m, k), o.normal(n, k), o.normal(n), o.out(m, n))));
    }
    cases.add(new OpCase("MatMul in batches", SUMS,
        o -> new MatMul(o.normal(3, 2, 13, 20), o.normal(3, 2, 20, 17), o.out(3, 2, 13, 17))));
    cases.add(new OpCase("MatMul of batches by one", SUMS,
        o -> new MatMul(o.normal(5, 13, 20), o.normal(20, 17), o.normal(5, 13, 17), 1, 1)));
    cases.add(new OpCase("MatMul of heads as views of tokens", SUMS, o -> new MatMul(
        o.normal(2, 7, 3, 16).permute(0, 2, 1, 3), o.normal(2, 9, 3, 16).permute(0, 2, 3, 1), o.out(2, 3, 7, 9))));
    cases.add(new OpCase("MatMul of every second row and column", SUMS,
        o -> new MatMul(o.normal(26, 40).every(0, 2).every(1, 2), o.normal(20, 34).every(1, 2), o.out(13, 17))));
    cases.add(new OpCase("MatMul of a product of no length", 0,
        o -> new MatMul(o.normal(3, 0), o.normal(0, 4), o.out(3, 4))));
    cases.add(new OpCase("Linear over tokens without bias", SUMS,
        o -> new Linear(o.normal(2, 13, 33), o.normal(65, 33), null, o.out(2, 13, 65))));
    cases.add(
        new OpCase("Linear over a slice of joined tokens", SUMS, o -> new Linear(o.normal(2, 20, 33).slice(1, 5, 18),
            o.normal(65, 33), o.normal(65), o.out(2, 30, 65).slice(1, 3, 16))));
    cases.add(new OpCase("Linear of one vector", SUMS,
        o -> new Linear(o.normal(33), o.normal(65, 33), o.normal(65), o.out(65))));
    cases.add(new OpCase("Linear with a bias in half precision", SUMS,
        o -> new Linear(o.normal(5, 33), o.normal(DType.F16, 17, 33), o.normal(DType.F16, 17), o.out(5, 17))));
    return cases.stream();
  }
}
