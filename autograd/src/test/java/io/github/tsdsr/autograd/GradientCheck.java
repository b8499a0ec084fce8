package io.github.tsdsr.autograd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Compares a function's gradients with central differences in F64, along random directions of each input, for the loss
 * sum(y r) with random r. Each input is also left out of the wanted ones once: the others' gradients must stay.
 */
public final class GradientCheck {
  /** A function of several values. */
  @FunctionalInterface
  public interface Function {
    Var apply(Tape tape, List<Var> in);
  }

  private static final double STEP = 1e-5;
  private static final int DIRECTIONS = 3;

  private final Function function;
  private final long[][] shapes;
  private final double[][] values;
  private final double tolerance;
  private final Random random = new Random(7);

  private GradientCheck(Function function, double low, double high, double tolerance, long[]... shapes) {
    this.function = function;
    this.shapes = shapes;
    this.tolerance = tolerance;
    values = new double[shapes.length][];
    for (int i = 0; i < shapes.length; i++) {
      values[i] = new double[(int) Arrays.stream(shapes[i]).reduce(1, (a, b) -> a * b)];
      for (int j = 0; j < values[i].length; j++) {
        values[i][j] = low + (high - low) * random.nextDouble();
      }
    }
  }

  /** Inputs of these shapes, evenly spread from -2 to 2. */
  public static void check(Function function, long[]... shapes) {
    new GradientCheck(function, -2, 2, 1e-7, shapes).run();
  }

  /** Inputs of these shapes, evenly spread from low to high. */
  public static void checkBetween(double low, double high, Function function, long[]... shapes) {
    new GradientCheck(function, low, high, 1e-7, shapes).run();
  }

  private void run() {
    double[] r = new double[result().length];
    Arrays.setAll(r, _ -> random.nextGaussian());
    double[][] all = gradients(r, -1);
    for (int i = 0; i < shapes.length; i++) {
      compare(i, all[i], r);
      double[][] others = gradients(r, i);
      for (int j = 0; j < shapes.length; j++) {
        if (j != i) {
          double[] one = others[j];
          int input = j;
          assertTrue(Arrays.equals(all[j], one), () -> "input " + input + " has another gradient if one is not wanted");
        }
      }
    }
  }

  private void compare(int input, double[] gradient, double[] r) {
    for (int n = 0; n < DIRECTIONS; n++) {
      double[] kept = values[input];
      double[] direction = new double[kept.length];
      double slope = 0;
      double size = 0;
      for (int j = 0; j < direction.length; j++) {
        direction[j] = random.nextGaussian();
        slope += direction[j] * gradient[j];
        size += Math.abs(direction[j] * gradient[j]);
      }
      values[input] = moved(kept, direction, STEP);
      double above = loss(r);
      values[input] = moved(kept, direction, -STEP);
      double below = loss(r);
      values[input] = kept;
      double difference = (above - below) / (2 * STEP);
      assertTrue(size > 0, "input " + input + " has a gradient that is not zero");
      assertEquals(difference, slope, tolerance * size + 1e-9, "input " + input + ": the gradient along a direction");
    }
  }

  private static double[] moved(double[] from, double[] direction, double by) {
    double[] to = from.clone();
    for (int i = 0; i < to.length; i++) {
      to[i] += by * direction[i];
    }
    return to;
  }

  private double loss(double[] r) {
    double[] y = result();
    double sum = 0;
    for (int i = 0; i < y.length; i++) {
      sum += y[i] * r[i];
    }
    return sum;
  }

  private double[] result() {
    try (Backend backend = new ReferenceBackend(); Scope scope = Scope.on(backend)) {
      Tape tape = Tape.inference(scope);
      return Values.doubles(backend, function.apply(tape, leaves(tape, inputs(scope))).value());
    }
  }

  private Tensor[] inputs(Scope scope) {
    Tensor[] in = new Tensor[shapes.length];
    Arrays.setAll(in, i -> Values.tensor(scope, DType.F64, values[i], shapes[i]));
    return in;
  }

  private static List<Var> leaves(Tape tape, Tensor[] in) {
    return Arrays.stream(in).map(tape::leaf).toList();
  }

  private double[][] gradients(double[] r, int frozen) {
    double[][] found = new double[shapes.length][];
    try (Backend backend = new ReferenceBackend()) {
      try (Scope scope = Scope.on(backend)) {
        Tensor[] in = inputs(scope);
        Set<Tensor> wanted = new HashSet<>(List.of(in));
        if (frozen >= 0) {
          wanted.remove(in[frozen]);
        }
        try (Tape tape = new Tape(scope, wanted)) {
          Var y = function.apply(tape, leaves(tape, in));
          if (wanted.isEmpty()) {
            assertTrue(!y.wanted(), "nothing is wanted of the result if nothing is of its inputs");
            return found;
          }
          try (Grads grads = tape.backward(Map.of(y, Values.tensor(scope, DType.F64, r, y.shape())))) {
            for (int i = 0; i < in.length; i++) {
              int input = i;
              if (i == frozen) {
                assertTrue(grads.of(in[i]).isEmpty(), "a gradient that is not wanted");
              } else {
                found[i] = Values.doubles(backend, grads.of(in[i])
                    .orElseThrow(() -> new AssertionError("no gradient of input " + input)));
              }
            }
          }
        }
      }
      assertEquals(0, backend.memory().inUse(), "bytes in use when all is closed");
    }
    return found;
  }
}
