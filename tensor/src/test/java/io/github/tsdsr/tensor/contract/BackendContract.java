package io.github.tsdsr.tensor.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Storage;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The contract of {@link Backend}: every operation of the tables gives the oracle's numbers, the same bytes each time, and
 * counts its writes. Tests with the tag "vectors" are worth repeating on other vectors of the machine.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendContract {
  /** A new backend of the kind that is tested. */
  protected abstract Backend backend();

  /** The table. A backend may leave out what it cannot do, or add to it. */
  protected Stream<OpCase> cases() {
    return Stream.of(
        ElementwiseCases.all(), CopyCases.all(), ReductionCases.all(), MatMulCases.all(), ConvolutionCases.all(),
        NormCases.all(), AttentionCases.all())
        .flatMap(s -> s);
  }

  @ParameterizedTest
  @MethodSource("cases")
  @Tag("vectors")
  void givesTheNumbersOfTheOracle(OpCase c) {
    List<double[]> expected;
    try (Backend oracle = new ReferenceBackend(); Scope scope = Scope.on(oracle)) {
      expected = results(oracle, c.op().apply(new Operands(scope, true)));
    }
    try (Backend tested = backend(); Scope scope = Scope.on(tested)) {
      List<double[]> found = results(tested, c.op().apply(new Operands(scope, false)));
      for (int i = 0; i < expected.size(); i++) {
        assertClose(c.name() + ", output " + i, expected.get(i), found.get(i), c.tolerance());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void givesTheSameBytesEachTimeAndCountsItsWrites(OpCase c) {
    List<double[]> first = null;
    for (int round = 0; round < 2; round++) {
      try (Backend tested = backend(); Scope scope = Scope.on(tested)) {
        Op op = c.op().apply(new Operands(scope, false));
        List<Integer> versions = op.outputs().stream().map(Tensor::storage).map(Storage::version).toList();
        List<double[]> found = results(tested, op);
        for (int i = 0; i < versions.size(); i++) {
          assertTrue(
              op.outputs().get(i).storage().version() > versions.get(i), "output " + i + " did not count a write");
        }
        if (first != null) {
          for (int i = 0; i < found.size(); i++) {
            assertArrayEquals(first.get(i), found.get(i), 0, c.name() + ", output " + i);
          }
        }
        first = found;
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void keepsNoMemoryBeyondItsTensors(OpCase c) {
    try (Backend tested = backend(); Scope scope = Scope.on(tested)) {
      Op op = c.op().apply(new Operands(scope, false));
      tested.run(op);
      long before = tested.memory().inUse();
      tested.run(op);
      assertEquals(before, tested.memory().inUse(), "bytes in use after the operation");
    }
  }

  private static List<double[]> results(Backend backend, Op op) {
    backend.run(op);
    List<double[]> results = new ArrayList<>();
    for (Tensor t : op.outputs()) {
      results.add(Values.doubles(backend, t));
    }
    return results;
  }

  /** The largest difference against the largest finite value; what is not finite must be equal. */
  static void assertClose(String what, double[] expected, double[] found, double tolerance) {
    assertEquals(expected.length, found.length, what);
    double scale = 0;
    for (double v : expected) {
      if (Double.isFinite(v)) {
        scale = Math.max(scale, Math.abs(v));
      }
    }
    for (int i = 0; i < expected.length; i++) {
      boolean same = Double.isFinite(expected[i])
          ? Math.abs(expected[i] - found[i]) <= tolerance * scale
          : Double.compare(expected[i], found[i]) == 0;
      int at = i;
      assertTrue(same, () -> what + ": element " + at + " is " + found[at] + ", expected " + expected[at]);
    }
  }
}
