package io.github.tsdsr.infer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.WeightsException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class BlendedWeightsTest {
  @Test
  void aWeightLiesBetweenThoseOfTheTwoNetworks() {
    try (Backend backend = new VectorBackend(1, Long.MAX_VALUE); Scope scope = Scope.on(backend)) {
      Tensor a = scope.copy(Values.tensor(scope, DType.F32, new double[] {1, -2, 8}, 3), DType.F16);
      Tensor b = scope.copy(Values.tensor(scope, DType.F32, new double[] {5, 2, 0}, 3), DType.F16);
      BlendedWeights blend =
          new BlendedWeights(scope, DType.F32, Weights.of("a", Map.of("w", a)), Weights.of("b", Map.of("w", b)), 0.25);
      assertArrayEquals(new double[] {2, -1, 6}, Values.doubles(backend, blend.get("w", 3)));
      assertEquals(DType.F32, blend.get("w", 3).dtype());
      assertSame(blend.get("w", 3), blend.find("w").orElseThrow());
      assertEquals(Optional.empty(), blend.find("other"));
      assertThrows(WeightsException.class, () -> blend.get("w", 4));
    }
  }

  @Test
  void networksOfDifferentShapesAreRefused() {
    try (Backend backend = new VectorBackend(1, Long.MAX_VALUE); Scope scope = Scope.on(backend)) {
      Weights a = Weights.of("a", Map.of("w", scope.zeros(DType.F32, 3)));
      Weights b = Weights.of("b", Map.of("w", scope.zeros(DType.F32, 2)));
      BlendedWeights blend = new BlendedWeights(scope, DType.F32, a, b, 0.5);
      assertThrows(WeightsException.class, () -> blend.find("w"));
    }
  }
}
