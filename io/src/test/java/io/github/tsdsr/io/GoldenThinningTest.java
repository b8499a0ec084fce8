package io.github.tsdsr.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class GoldenThinningTest {
  private static final long[] SHAPE = {7, 13, 11, 4};
  private final ReferenceBackend backend = new ReferenceBackend();
  private final Scope scope = Scope.on(backend);

  @TempDir
  private Path folder;
  private Path whole;
  private Path thin;

  @BeforeEach
  void thin() throws IOException {
    whole = folder.resolve("whole.safetensors");
    thin = folder.resolve("thin.safetensors");
    new GoldenWeights.Manifest("thinning.", List.of(
        new GoldenWeights.Made("grad.large", SHAPE, 1, 0),
        new GoldenWeights.Made("grad.small", new long[] {2000}, 1, 0),
        new GoldenWeights.Made("input", new long[] {2001}, 1, 0))).write(whole);
    GoldenThinning.thin(whole, thin, Pattern.compile("grad\\..*"));
  }

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  @Test
  void onlyLargeTensorsThatTheirNamesAllowAreThinned() throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(thin)) {
      // 7, 11 and 13 divide an axis.
      assertEquals(Set.of("grad.large_every17", "grad.small", "input"), file.names());
      double[] kept = GoldenValues.doubles(backend, file, "grad.large_every17");
      double[] all = all();
      assertEquals(Math.ceilDiv(all.length, 17), kept.length);
      for (int i = 0; i < kept.length; i++) {
        assertEquals(all[17 * i], kept[i]);
      }
      assertTrue(GoldenValues.has(file, "grad.large"));
      assertFalse(GoldenValues.has(file, "grad.larg"));
      assertFalse(GoldenValues.has(file, "large"));
    }
  }

  private double[] all() throws IOException {
    try (SafetensorsFile file = SafetensorsFile.open(whole)) {
      return GoldenValues.doubles(backend, file, "grad.large");
    }
  }

  private void compare(IntToDoubleFunction error, long... shape) throws IOException {
    double[] values = all();
    for (int i = 0; i < values.length; i++) {
      values[i] += error.applyAsDouble(i);
    }
    Tensor got = Values.tensor(scope, DType.F64, values, shape);
    try (SafetensorsFile file = SafetensorsFile.open(thin)) {
      GoldenValues.assertClose(backend, file, "grad.large", got, 1e-6);
    }
  }

  @Test
  void aWrongValueAtAKeptPlaceAndAWrongNumberOfValuesAreNoticed() throws IOException {
    compare(_ -> 0, SHAPE);
    compare(_ -> 1e-7, SHAPE);
    String message = assertThrows(AssertionError.class, () -> compare(i -> i == 17 * 5 ? 1e-5 : 0, SHAPE)).getMessage();
    assertTrue(message.startsWith("grad.large_every17: value 5 is "), message);
    assertThrows(AssertionError.class, () -> compare(_ -> 1e-5, SHAPE));
    Tensor few = Values.tensor(scope, DType.F64, new double[100], 100);
    try (SafetensorsFile file = SafetensorsFile.open(thin)) {
      assertThrows(AssertionError.class, () -> GoldenValues.assertClose(backend, file, "grad.large", few, 1e-6));
      assertThrows(AssertionError.class, () -> GoldenValues.assertClose(backend, file, "grad.none", few, 1e-6));
    }
  }

  @Test
  void theKeptElementsFallOnEveryIndexOfEveryAxis() {
    for (long[] shape : new long[][] {SHAPE, {432, 48}, {2, 3, 64, 64}, {48, 256}, {1, 3, 52, 68}}) {
      long count = 1;
      for (long n : shape) {
        count *= n;
      }
      int k = GoldenThinning.step(count, shape);
      long stride = count;
      for (long n : shape) {
        stride /= n;
        boolean[] seen = new boolean[(int) n];
        for (long i = 0; i < count; i += k) {
          seen[(int) (i / stride % n)] = true;
        }
        boolean[] every = new boolean[(int) n];
        Arrays.fill(every, true);
        assertArrayEquals(every, seen);
      }
    }
  }
}
