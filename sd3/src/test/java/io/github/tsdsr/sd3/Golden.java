package io.github.tsdsr.sd3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;

/** Reference data under the test resources, see golden/README in its folder's section 1. */
final class Golden {
  private Golden() {}

  static SafetensorsFile open(String path) {
    try (InputStream in = Golden.class.getResourceAsStream("/golden/" + path)) {
      return SafetensorsFile.of(in.readAllBytes(), path);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static MmDitConfig tiny() {
    return new MmDitConfig(2, 16, 16, 2, 2, 16, 48, 40, 16, 24, Set.of(), false);
  }

  static MmDitConfig tiny35() {
    return new MmDitConfig(2, 16, 16, 3, 3, 16, 24, 20, 16, 20, Set.of(0, 1), true);
  }

  static VaeConfig tinyVae() {
    return new VaeConfig(3, 3, 16, java.util.List.of(16, 16, 32, 32), 2, 8, true, 1.5305, 0.0609);
  }

  static LoraSet lora(SafetensorsFile file) {
    return new LoraSet(file.names(), file, 1);
  }

  /** A stored tensor on a backend, in the activations' type. */
  static Tensor load(Scope scope, DType dtype, SafetensorsFile file, String name) {
    Tensor t = file.find(name).orElseThrow(() -> new AssertionError("no " + name));
    return Values.tensor(scope, dtype, Values.doubles(scope.backend(), t), t.shape());
  }

  /** A stored picture or latent (N,C,H,W) as (N,H,W,C). */
  static Tensor picture(Scope scope, DType dtype, SafetensorsFile file, String name) {
    return scope.copy(load(scope, dtype, file, name).permute(0, 2, 3, 1), dtype);
  }

  /** Compares with a stored tensor of the same layout: largest difference over largest value. */
  static void assertClose(Backend backend, SafetensorsFile file, String name, Tensor got, double tolerance) {
    Tensor want = file.find(name).orElseThrow(() -> new AssertionError("no " + name));
    assertEquals(want.layout().count(), got.count(), name);
    assertTrue(want.sameShape(got), () -> name + ": expected " + want + ", got " + got);
    double[] w = Values.doubles(backend, want);
    double[] g = Values.doubles(backend, got);
    double largest = 0;
    double off = 0;
    for (int i = 0; i < w.length; i++) {
      largest = Math.max(largest, Math.abs(w[i]));
      off = Math.max(off, Double.isNaN(g[i]) ? Double.POSITIVE_INFINITY : Math.abs(w[i] - g[i]));
    }
    double bound = largest < 1e-9 ? 1e-5 : tolerance * largest;
    double difference = off;
    assertTrue(off <= bound, () -> name + ": off by " + difference + ", allowed " + bound);
  }

  /** As {@link #assertClose}, for a picture or latent computed as (N,H,W,C). */
  static void assertPictureClose(Backend backend, SafetensorsFile file, String name, Tensor got, double tolerance) {
    assertClose(backend, file, name, got.permute(0, 3, 1, 2), tolerance);
  }
}
