package io.github.tsdsr.autograd.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.autograd.Grads;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.io.GoldenValues;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One golden case on one backend: an operator takes its inputs from it and hands it its results; then the results, and
 * the gradients of all inputs for which the file has one, are compared with the file.
 */
final class Trial {
  /** Computes results from inputs. */
  @FunctionalInterface
  interface Operator {
    void run(Trial t);
  }

  /** How far off a tensor may be: that part of its largest value. */
  @FunctionalInterface
  interface Tolerance {
    double of(String tensor);
  }

  private record Input(Var var, int[] axes) {}

  private record Result(String name, Var var, int[] axes) {}

  private final OperatorCase from;
  private final Tape tape;
  private final Scope scope;
  private final BackendUnderTest on;
  private final Set<Tensor> wanted;
  private final Map<String, Input> inputs = new LinkedHashMap<>();
  private final List<Result> results = new ArrayList<>();

  private Trial(OperatorCase from, BackendUnderTest on, Tape tape, Set<Tensor> wanted) {
    this.from = from;
    this.on = on;
    this.tape = tape;
    this.scope = tape.scope();
    this.wanted = wanted;
  }

  /**
   * Runs an operator on a case and compares.
   *
   * @param times how often it is applied to the same inputs, whose gradients then add up
   */
  static void run(OperatorCase from, BackendUnderTest on, Operator operator, Tolerance tolerance, int times) {
    try (Backend backend = on.open()) {
      try (Scope scope = Scope.on(backend)) {
        Set<Tensor> wanted = new HashSet<>();
        try (Tape tape = new Tape(scope, wanted)) {
          Trial trial = new Trial(from, on, tape, wanted);
          for (int i = 0; i < times; i++) {
            operator.run(trial);
          }
          trial.compare(tolerance, times);
        }
      }
      assertEquals(0, backend.memory().inUse(), "bytes in use when all is closed");
    }
  }

  Tape tape() {
    return tape;
  }

  /** The case's parameters. */
  JsonNode parameters() {
    return from.parameters();
  }

  String text(String parameter) {
    return parameters().get(parameter).asText();
  }

  int integer(String parameter) {
    return parameters().get(parameter).asInt();
  }

  double number(String parameter) {
    return parameters().get(parameter).asDouble();
  }

  boolean flag(String parameter) {
    return parameters().path(parameter).asBoolean();
  }

  boolean has(String tensor) {
    return from.file().find(from.name(tensor)).isPresent();
  }

  Tensor stored(String tensor) {
    return GoldenValues.stored(from.file(), from.name(tensor));
  }

  /**
   * An input; row-major.
   *
   * @param axes its axes among those of the file, none for the file's order
   */
  Var in(String name, int... axes) {
    return inputs.computeIfAbsent(name, n -> {
      Tensor leaf = load(n, stored(n).shape(), axes);
      if (has("d" + n)) {
        // Before the tape is asked for the leaf, which is when it looks into the set.
        wanted.add(leaf);
      }
      return new Input(tape.leaf(leaf), axes);
    }).var;
  }

  /** A picture (N,C,H,W) as (N,H,W,C). */
  Var picture(String name) {
    return in(name, 0, 2, 3, 1);
  }

  /** Indices as they are. */
  Tensor ids(String name) {
    return scope.copy(stored(name), stored(name).dtype());
  }

  /** A result, whose elements are in the file's order when its axes have been taken in the given order. */
  void out(String name, Var y, int... axes) {
    results.add(new Result(name, y, axes));
  }

  /** A picture (N,H,W,C), (N,C,H,W) in the file. */
  void outPicture(String name, Var y) {
    out(name, y, 0, 3, 1, 2);
  }

  private Tensor load(String name, long[] shape, int... axes) {
    Tensor t = GoldenValues.load(scope, on.dtype(), from.file(), from.name(name)).reshape(shape);
    return axes.length == 0 ? t : scope.copy(t.permute(axes), on.dtype());
  }

  private void compare(Tolerance tolerance, int times) {
    assertFalse(results.isEmpty(), "no result");
    Map<Var, Tensor> seeds = new HashMap<>();
    double largestSeed = 0;
    for (Result r : results) {
      Tensor found = r.axes.length == 0 ? r.var.value() : r.var.value().permute(r.axes);
      close(r.name, found, tolerance, 1, from.isZero(r.name) ? 1 : 0);
      if (has("d" + r.name)) {
        Tensor seed = load("d" + r.name, found.shape(), inverse(r.axes));
        seeds.put(r.var, seed);
        largestSeed = Math.max(largestSeed, largest(seed));
      }
    }
    long expected = inputs.keySet().stream().filter(n -> has("d" + n)).count();
    assertEquals(expected > 0, !seeds.isEmpty(), "gradients flow backward where the file has some");
    try (Grads grads = tape.backward(seeds)) {
      for (Map.Entry<String, Input> e : inputs.entrySet()) {
        Input in = e.getValue();
        if (has("d" + e.getKey())) {
          Tensor g = grads.of(in.var).orElseThrow(() -> new AssertionError("no gradient of " + e.getKey()));
          Tensor found = in.axes.length == 0 ? g : g.permute(inverse(in.axes));
          close("d" + e.getKey(), found, tolerance, times, from.isZero(e.getKey()) ? times * largestSeed : 0);
        }
      }
    }
  }

  /** @param zeroOf where the tensor is zero by its nature, what its rounding is measured by; else 0 */
  private void close(String name, Tensor found, Tolerance tolerance, int times, double zeroOf) {
    double[] want = GoldenValues.doubles(scope.backend(), from.file(), from.name(name));
    for (int i = 0; i < want.length; i++) {
      want[i] *= times;
    }
    double[] got = Values.doubles(scope.backend(), found);
    String what = from + ", " + name;
    double largest = Arrays.stream(want).map(Math::abs).max().orElse(0);
    if (zeroOf > 0 || largest == 0) {
      GoldenValues.assertWithin(what, want, got, Math.max(1e-6, 1e-5 * zeroOf));
    } else {
      GoldenValues.assertWithin(what, want, got, tolerance.of(name) * largest);
    }
  }

  private double largest(Tensor t) {
    return Arrays.stream(Values.doubles(scope.backend(), t)).map(Math::abs).max().orElse(0);
  }

  private static int[] inverse(int[] axes) {
    int[] back = new int[axes.length];
    for (int i = 0; i < axes.length; i++) {
      back[axes[i]] = i;
    }
    return back;
  }
}
