package io.github.tsdsr.autograd.fn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.autograd.GradientCheck;
import io.github.tsdsr.autograd.Grads;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class UnitNormalizeTest {
  @Test
  void theGradientAgreesWithCentralDifferences() {
    // A large eps, so that its place in the formula shows.
    for (double eps : new double[] {1e-10, 0.5}) {
      GradientCheck.check((t, in) -> UnitNormalize.apply(t, in.get(0), eps), new long[] {3, 2, 5});
      GradientCheck.check(
          (t, in) -> UnitNormalize.apply(t, View.permute(t, in.get(0), 2, 0, 1), eps), new long[] {3, 5, 2});
    }
  }

  @ParameterizedTest
  @EnumSource
  void rowsBecomeDirectionsAndARowOfZerosGetsNoGradient(BackendUnderTest on) {
    try (Backend backend = on.open();
        Scope scope = Scope.on(backend)) {
      Tensor x = Values.tensor(scope, on.dtype(), new double[] {3, -4, 0, 0}, 2, 2);
      try (Tape tape = new Tape(scope, Set.of(x))) {
        Var y = UnitNormalize.apply(tape, tape.leaf(x), 1e-10);
        double close = on.tolerance(1e-9, 1e-6);
        assertArrayEquals(new double[] {0.6, -0.8, 0, 0}, Values.doubles(backend, y.value()), close);
        Tensor dy = Values.tensor(scope, on.dtype(), new double[] {1, 0, 1, -2}, 2, 2);
        try (Grads grads = tape.backward(Map.of(y, dy))) {
          assertArrayEquals(
              new double[] {0.128, 0.096, 0, 0}, Values.doubles(backend, grads.of(x).orElseThrow()), close);
        }
      }
    }
  }
}
