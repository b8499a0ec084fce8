package io.github.tsdsr.io;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.Weights;
import java.util.Arrays;
import java.util.Optional;

/** Tensors of the reference data on a backend, and computed ones compared with them. */
public final class GoldenValues {
  private GoldenValues() {}

  /** A stored tensor, that must be there. */
  public static Tensor stored(Weights file, String name) {
    return file.find(name).orElseThrow(() -> new AssertionError("no " + name));
  }

  /** A stored tensor's elements. */
  public static double[] doubles(Backend backend, Weights file, String name) {
    return Values.doubles(backend, stored(file, name));
  }

  /** A stored tensor on a backend, in the activations' type. */
  public static Tensor load(Scope scope, DType dtype, Weights file, String name) {
    return Values.tensor(scope, dtype, doubles(scope.backend(), file, name), stored(file, name).shape());
  }

  /** A stored picture or latent (N,C,H,W) as (N,H,W,C). */
  public static Tensor picture(Scope scope, DType dtype, Weights file, String name) {
    return scope.copy(load(scope, dtype, file, name).permute(0, 2, 3, 1), dtype);
  }

  /** Whether a reference is stored, whole or thinned. */
  public static boolean has(NamedWeights file, String name) {
    return file.names().contains(name) || GoldenThinning.Thinned.of(file, name).isPresent();
  }

  /**
   * Compares with a stored tensor of the same layout: the largest difference over the largest value. Of a thinned one (see
   * {@link GoldenThinning}) only the elements that are kept.
   */
  public static void assertClose(Backend backend, NamedWeights file, String name, Tensor got, double tolerance) {
    double[] values = Values.doubles(backend, got);
    Optional<GoldenThinning.Thinned> thinned = GoldenThinning.Thinned.of(file, name);
    if (thinned.isEmpty()) {
      Tensor want = stored(file, name);
      assertTrue(want.sameShape(got), () -> name + ": expected " + want + ", got " + got);
      assertClose(name, Values.doubles(backend, want), values, tolerance);
      return;
    }
    int k = thinned.get().every();
    double[] kept = new double[Math.ceilDiv(values.length, k)];
    Arrays.setAll(kept, i -> values[i * k]);
    assertClose(thinned.get().stored(), doubles(backend, file, thinned.get().stored()), kept, tolerance);
  }

  /** As {@link #assertClose}, for a picture or latent computed as (N,H,W,C). */
  public static void assertPictureClose(
      Backend backend, NamedWeights file, String name, Tensor got, double tolerance) {
    assertClose(backend, file, name, got.permute(0, 3, 1, 2), tolerance);
  }

  /** The largest difference is at most that part of the largest value; 1e-5 where all are zero but for rounding. */
  public static void assertClose(String name, double[] want, double[] got, double tolerance) {
    double largest = 0;
    for (double w : want) {
      largest = Math.max(largest, Math.abs(w));
    }
    assertWithin(name, want, got, largest < 1e-9 ? 1e-5 : tolerance * largest);
  }

  /** No element is farther off than that. */
  public static void assertWithin(String name, double[] want, double[] got, double bound) {
    assertTrue(want.length == got.length, () -> name + ": expected " + want.length + " values, got " + got.length);
    for (int i = 0; i < want.length; i++) {
      double off = want[i] == got[i] ? 0 : Math.abs(want[i] - got[i]);
      if (!(off <= bound)) {
        throw new AssertionError(
            name + ": value " + i + " is " + got[i] + ", expected " + want[i] + ", allowed " + bound);
      }
    }
  }
}
