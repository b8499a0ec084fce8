package io.github.tsdsr.perceptual;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.autograd.Grads;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.golden.GoldenJson;
import io.github.tsdsr.golden.GoldenPictures;
import io.github.tsdsr.io.GoldenWeights;
import io.github.tsdsr.metrics.PerceptualMetric;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** DISTS against the package dists-pytorch in float64, with weights from names: golden section 4. */
final class DistsTest {
  private static final GoldenWeights.Manifest WEIGHTS = GoldenWeights.Manifest.read("metrics/manifests/dists.json");
  private static final Map<String, Object> GOLDEN = GoldenJson.object(GoldenJson.read("metrics/dists.json"));

  @TempDir
  private Path folder;

  private static double number(Object value) {
    return ((Number) value).doubleValue();
  }

  private static BytePixels picture(String pair, String which) {
    return GoldenPictures.png("metrics/" + pair + "_" + which + ".png");
  }

  private static Tensor signed(Scope scope, BytePixels picture) {
    double[] x = new double[picture.samples().length];
    for (int i = 0; i < x.length; i++) {
      x[i] = 2 * ((picture.samples()[i] & 0xFF) / 255.0) - 1;
    }
    return Values.tensor(scope, DType.F32, x, 1, picture.height(), picture.width(), 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pair1", "pair2", "pair3"})
  void everyStagesSimilarityIsTheReferences(String pair) {
    try (Backend backend = BackendUnderTest.CPU_F32.open();
        Scope scope = Scope.on(backend)) {
      Dists dists = new Dists(WEIGHTS.load(scope));
      Tape tape = Tape.inference(scope);
      List<Dists.Similarity> stages = dists.stages(
          tape, tape.leaf(signed(scope, picture(pair, "dist"))), tape.leaf(signed(scope, picture(pair, "ref"))));
      Map<String, Object> want = GoldenJson.object(GOLDEN.get(pair));
      List<Object> sums = GoldenJson.list(want.get("luminance_and_structure_sum_per_stage"));
      assertEquals(sums.size(), stages.size());
      double all = 0;
      for (int i = 0; i < stages.size(); i++) {
        double luminance = Values.scalar(backend, stages.get(i).luminance().value());
        double structure = Values.scalar(backend, stages.get(i).structure().value());
        assertEquals(number(GoldenJson.list(sums.get(i)).get(0)), luminance, 1e-6, "luminance of stage " + i);
        assertEquals(number(GoldenJson.list(sums.get(i)).get(1)), structure, 1e-6, "structure of stage " + i);
        all += luminance + structure;
      }
      assertEquals(number(want.get("value")), 1 - all, 1e-6);
    }
  }

  @Test
  void theMetricReadsItsWeightsFromTwoFilesAndIsZeroForEqualPictures() throws IOException {
    Path vgg = folder.resolve("vgg16.safetensors");
    Path own = folder.resolve("weights.safetensors");
    WEIGHTS.only(t -> t.name().startsWith("features.")).write(vgg);
    WEIGHTS.only(t -> !t.name().startsWith("features.")).write(own);
    try (Backend backend = BackendUnderTest.CPU_F32.open();
        PerceptualMetric metric = PerceptualMetric.dists(backend, List.of(vgg, own))) {
      double want = number(GoldenJson.object(GOLDEN.get("pair3")).get("value"));
      assertEquals(want, metric.of(picture("pair3", "dist"), picture("pair3", "ref")), 1e-6);
      assertEquals(0, metric.of(picture("pair3", "ref"), picture("pair3", "ref")), 1e-6);
    }
  }

  @ParameterizedTest
  @EnumSource
  void poolingIsTheRootOfTheWeightedMeanOfSquares(BackendUnderTest on) {
    try (Backend backend = on.open();
        Scope scope = Scope.on(backend)) {
      Tensor x = Values.tensor(
          scope, on.dtype(), new double[] {1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60}, 1, 2, 3, 2);
      try (Tape tape = new Tape(scope, Set.of(x))) {
        Var y = new HannPooling().apply(tape, tape.leaf(x), 2);
        double first = Math.sqrt(1 / 4.0 + 4 / 8.0 + 16 / 8.0 + 25 / 16.0);
        double second = Math.sqrt(4 / 8.0 + 9 / 4.0 + 25 / 16.0 + 36 / 8.0);
        assertArrayEquals(new long[] {1, 1, 2, 2}, y.shape());
        double close = on.tolerance(1e-9, 1e-4);
        assertArrayEquals(
            new double[] {first, 10 * first, second, 10 * second}, Values.doubles(backend, y.value()), close);
        try (Grads grads = tape.backward(Map.of(y, scope.full(1, on.dtype(), y.shape())))) {
          double[] g = Values.doubles(backend, grads.of(x).orElseThrow());
          assertEquals(0.25 * 1 / first, g[0], close);
          assertEquals(0.125 * 2 / first + 0.125 * 2 / second, g[2], close);
        }
      }
    }
  }
}
