package io.github.tsdsr.autograd.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.io.GoldenValues;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Copy;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Muon against its formulas in plain loops. */
class MuonTest {
  private static final double MOMENTUM = 0.95;
  private static final double DECAY = 0.1;
  private static final double RATE = 0.02;

  private static double[][] matrix(int rows, int columns, Random random) {
    double[][] m = new double[rows][columns];
    for (double[] row : m) {
      Arrays.setAll(row, _ -> (float) random.nextGaussian());
    }
    return m;
  }

  private static double[] flat(double[][] m) {
    return Arrays.stream(m).flatMapToDouble(Arrays::stream).toArray();
  }

  private static double[][] product(double[][] a, double[][] b) {
    double[][] y = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int k = 0; k < b.length; k++) {
        for (int j = 0; j < b[0].length; j++) {
          y[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return y;
  }

  private static double[][] transposed(double[][] a) {
    double[][] y = new double[a[0].length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a[0].length; j++) {
        y[j][i] = a[i][j];
      }
    }
    return y;
  }

  private static double[][] sum(double p, double[][] a, double q, double[][] b) {
    double[][] y = new double[a.length][a[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a[0].length; j++) {
        y[i][j] = p * a[i][j] + q * b[i][j];
      }
    }
    return y;
  }

  /** Five rounds of x := a x + b (x x^T) x + c (x x^T)^2 x from x / |x|, the coefficients as published. */
  private static double[][] orthogonal(double[][] g) {
    if (g.length > g[0].length) {
      return transposed(orthogonal(transposed(g)));
    }
    double norm = Math.sqrt(Arrays.stream(flat(g)).map(v -> v * v).sum());
    double[][] x = sum(1 / norm, g, 0, g);
    for (int i = 0; i < 5; i++) {
      double[][] a = product(x, transposed(x));
      double[][] polynomial = sum(-4.7750, a, 2.0315, product(a, a));
      x = sum(3.4445, x, 1, product(polynomial, x));
    }
    return x;
  }

  @ParameterizedTest
  @CsvSource({"5,9", "9,5", "6,6", "1,7"})
  void stepsAreThoseOfTheFormulas(int rows, int columns) {
    Random random = new Random(1);
    try (Backend backend = new VectorBackend(2, 1L << 30); Scope scope = Scope.on(backend)) {
      double[][] w = matrix(rows, columns, random);
      double[][] velocity = new double[rows][columns];
      Parameter p = new Parameter("w", Values.tensor(scope, DType.F32, flat(w), rows, columns));
      Muon muon = new Muon(scope, MOMENTUM, DECAY, List.of(p));
      for (int k = 0; k < 3; k++) {
        double[][] g = matrix(rows, columns, random);
        Tensor gradient = Values.tensor(scope, DType.F32, flat(g), rows, columns);
        double clip = 0.5;
        muon.step(_ -> Optional.of(gradient), clip, RATE);
        velocity = sum(MOMENTUM, velocity, clip, g);
        double[][] ahead = sum(MOMENTUM, velocity, clip, g);
        double size = 0.2 * Math.sqrt(Math.max(rows, columns));
        w = sum(1 - RATE * DECAY, w, -RATE * size, orthogonal(ahead));
        GoldenValues.assertClose("w after step " + k, flat(w), Values.doubles(backend, p.value()), 2e-5);
        GoldenValues.assertClose(
            "velocity", flat(velocity), Values.doubles(backend, muon.state().get("muon.velocity.w")), 1e-6);
        assertEquals(k + 1, muon.steps());
      }
    }
  }

  @Test
  void anUpdateHasSingularValuesNearOne() {
    Random random = new Random(2);
    try (Backend backend = new VectorBackend(1, 1L << 30); Scope scope = Scope.on(backend)) {
      Tensor g = Values.tensor(scope, DType.F32, flat(matrix(8, 24, random)), 8, 24);
      double[] u = Values.doubles(backend, Muon.orthogonal(scope, g));
      double[][] m = new double[8][];
      Arrays.setAll(m, i -> Arrays.copyOfRange(u, 24 * i, 24 * i + 24));
      double[][] square = product(m, transposed(m));
      // u^T u has eigenvalues between 0.5 and 1.5: along random directions too.
      for (int n = 0; n < 50; n++) {
        double[][] d = matrix(1, 8, random);
        double length = product(d, transposed(d))[0][0];
        double stretched = product(product(d, square), transposed(d))[0][0];
        assertTrue(stretched > 0.4 * length && stretched < 1.6 * length, stretched / length + " times as long");
      }
    }
  }

  @Test
  void kernelsAreReadAsMatricesOfTheirOutputs() {
    Random random = new Random(3);
    try (Backend backend = new VectorBackend(1, 1L << 30); Scope scope = Scope.on(backend)) {
      double[] w = flat(matrix(4, 18, random));
      double[] g = flat(matrix(4, 18, random));
      double[][] found = new double[2][];
      long[][] shapes = {{4, 18}, {4, 2, 3, 3}};
      for (int i = 0; i < 2; i++) {
        Parameter p = new Parameter("w", Values.tensor(scope, DType.F32, w, shapes[i]));
        Tensor gradient = Values.tensor(scope, DType.F32, g, shapes[i]);
        new Muon(scope, MOMENTUM, DECAY, List.of(p)).step(_ -> Optional.of(gradient), 1, RATE);
        found[i] = Values.doubles(backend, p.value());
      }
      assertArrayEquals(found[0], found[1], 0);
    }
  }

  @Test
  void resumedFromItsStateItTakesTheSameSteps() {
    Random random = new Random(4);
    try (Backend backend = new VectorBackend(1, 1L << 30); Scope scope = Scope.on(backend)) {
      double[] w = flat(matrix(4, 6, random));
      Parameter whole = new Parameter("w", Values.tensor(scope, DType.F32, w, 4, 6));
      Parameter resumed = new Parameter("w", Values.tensor(scope, DType.F32, w, 4, 6));
      Muon one = new Muon(scope, MOMENTUM, DECAY, List.of(whole));
      Muon two = new Muon(scope, MOMENTUM, DECAY, List.of(resumed));
      for (int k = 0; k < 3; k++) {
        Tensor g = Values.tensor(scope, DType.F32, flat(matrix(4, 6, random)), 4, 6);
        one.step(_ -> Optional.of(g), 1, RATE);
        two.step(_ -> Optional.of(g), 1, RATE);
        Muon next = new Muon(scope, MOMENTUM, DECAY, List.of(resumed));
        Map<String, Tensor> saved = two.state();
        next.state().forEach((name, t) -> backend.run(new Copy(saved.get(name), t)));
        next.resumeAt(two.steps());
        two = next;
      }
      assertArrayEquals(Values.doubles(backend, whole.value()), Values.doubles(backend, resumed.value()), 0);
    }
  }

  @Test
  void aParameterWithoutAGradientIsTreatedAsOneWhoseGradientIsZero() {
    try (Backend backend = new VectorBackend(1, 1L << 30); Scope scope = Scope.on(backend)) {
      Parameter one = new Parameter("w", Values.tensor(scope, DType.F32, new double[] {1, 2, 3, 4}, 2, 2));
      Parameter other = new Parameter("w", scope.copy(one.value(), DType.F32));
      for (Optimiser[] pair : new Optimiser[][] {
        {new Muon(scope, MOMENTUM, DECAY, List.of(one)), new Muon(scope, MOMENTUM, DECAY, List.of(other))},
        {new AdamW(scope, new AdamW.Settings(0.9, 0.999, 1e-8, DECAY), List.of(one)),
          new AdamW(scope, new AdamW.Settings(0.9, 0.999, 1e-8, DECAY), List.of(other))}}) {
        double[] before = Values.doubles(backend, one.value());
        pair[0].step(_ -> Optional.empty(), 1, RATE);
        pair[1].step(_ -> Optional.of(scope.zeros(DType.F32, 2, 2)), 1, RATE);
        double[] decayed = Arrays.stream(before).map(v -> v * (1 - RATE * DECAY)).toArray();
        assertArrayEquals(decayed, Values.doubles(backend, one.value()), 1e-6);
        // With momentum from a gradient, the next step goes on without one.
        Tensor g = Values.tensor(scope, DType.F32, new double[] {1, 0, 0, 2}, 2, 2);
        for (Optimiser o : pair) {
          o.step(_ -> Optional.of(g), 1, RATE);
        }
        pair[0].step(_ -> Optional.empty(), 1, RATE);
        pair[1].step(_ -> Optional.of(scope.zeros(DType.F32, 2, 2)), 1, RATE);
        assertArrayEquals(Values.doubles(backend, other.value()), Values.doubles(backend, one.value()), 0);
      }
    }
  }

  @Test
  void aVectorIsNoMatrix() {
    try (Backend backend = new VectorBackend(1, 1L << 30); Scope scope = Scope.on(backend)) {
      Parameter bias = new Parameter("bias", scope.zeros(DType.F32, 4));
      IllegalArgumentException e = assertThrows(
          IllegalArgumentException.class, () -> new Muon(scope, MOMENTUM, DECAY, List.of(bias)));
      assertTrue(e.getMessage().contains("bias"), e.getMessage());
    }
  }

  @Test
  void averagesFollowTheirParametersExponentially() {
    try (Backend backend = new VectorBackend(1, 1L << 30); Scope scope = Scope.on(backend)) {
      Parameter p = new Parameter("p", Values.tensor(scope, DType.F32, new double[] {1, -2}, 2));
      Ema ema = new Ema(scope, List.of(p));
      double[] want = {1, -2};
      for (int k = 1; k <= 4; k++) {
        double[] now = {1 + k, -2.0 * k};
        backend.run(new Copy(Values.tensor(scope, DType.F32, now, 2), p.value()));
        ema.update(0.75);
        Arrays.setAll(want, i -> 0.75 * want[i] + 0.25 * now[i]);
        assertArrayEquals(want, Values.doubles(backend, ema.averages().get("p")), 1e-6);
      }
    }
  }
}
