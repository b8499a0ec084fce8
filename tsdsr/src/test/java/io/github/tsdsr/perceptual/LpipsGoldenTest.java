package io.github.tsdsr.perceptual;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.autograd.Grads;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.golden.GoldenPictures;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.GoldenValues;
import io.github.tsdsr.io.GoldenWeights;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.Weights;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** LPIPS against the package lpips in float64, with weights from names: golden sections 3 and 4. */
final class LpipsGoldenTest {
  private static final JsonNode METRICS = json("metrics/lpips.json");
  private static final String TRAINING = "train/lpips.safetensors";

  private static JsonNode json(String name) {
    try {
      return new ObjectMapper().readTree(GoldenFiles.class.getResource("/golden/" + name));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static GoldenWeights.Manifest metricWeights(String network) {
    return GoldenWeights.Manifest.read("metrics/manifests/lpips_" + network + ".json");
  }

  private static FeatureNetwork network(String name) {
    return name.equals("alex") ? FeatureNetwork.ALEXNET : FeatureNetwork.VGG16;
  }

  @Test
  void theWeightsAreThoseThatTheReferenceHad() {
    try (Backend backend = BackendUnderTest.REFERENCE_F64.open();
        Scope scope = Scope.on(backend)) {
      JsonNode about = json("train/lpips_weights.json");
      Weights weights = TrainingWeights.manifest().load(scope);
      for (Map.Entry<String, JsonNode> e : about.get("sum").properties()) {
        double sum = 0;
        for (double v : GoldenValues.doubles(backend, weights, e.getKey())) {
          sum += v;
        }
        assertEquals(e.getValue().asDouble(), sum, 1e-8, e.getKey());
      }
      for (Map.Entry<String, JsonNode> e : about.get("first_four").properties()) {
        double[] got = GoldenValues.doubles(backend, weights, e.getKey());
        Iterator<JsonNode> want = e.getValue().iterator();
        for (int i = 0; want.hasNext(); i++) {
          assertEquals(want.next().asDouble(), got[i], e.getKey());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBatchHasTheReferencesDistancesFeaturesAndGradient(BackendUnderTest on) {
    try (SafetensorsFile data = GoldenFiles.safetensors(TRAINING);
        SafetensorsFile inputs = GoldenFiles.safetensors("train/step_inputs.safetensors");
        Backend backend = on.open();
        Scope scope = Scope.on(backend)) {
      Lpips lpips = new Lpips(FeatureNetwork.ALEXNET, TrainingWeights.manifest().load(scope));
      Tensor a = signed(scope, on.dtype(), inputs, "in.x_L");
      Tensor b = signed(scope, on.dtype(), inputs, "in.x_H");
      try (Tape tape = new Tape(scope, Set.of(a))) {
        double tolerance = on.tolerance(2e-7, 1e-5);
        List<Var> features = lpips.features(tape, tape.leaf(a));
        for (int i = 0; i < features.size(); i++) {
          Tensor first = features.get(i).value().select(0, 0).permute(2, 0, 1);
          GoldenValues.assertClose(backend, data, "tap." + (i + 1), first, tolerance);
        }
        List<Var> stages = lpips.stages(tape, tape.leaf(a), tape.leaf(b));
        double[] layers = new double[10];
        for (int i = 0; i < 5; i++) {
          double[] both = Values.doubles(backend, stages.get(i).value());
          layers[i] = both[0];
          layers[5 + i] = both[1];
        }
        GoldenValues.assertClose("layers", GoldenValues.doubles(backend, data, "layers"), layers, tolerance);
        double[] want = GoldenValues.doubles(backend, data, "value");
        double[] got = Values.doubles(backend, lpips.distances(tape, tape.leaf(a), tape.leaf(b)).value());
        GoldenValues.assertClose("value", want, got, tolerance);
        Var loss = lpips.apply(tape, tape.leaf(a), tape.leaf(b));
        assertEquals((want[0] + want[1]) / 2, Values.scalar(backend, loss.value()), tolerance);
        try (Grads grads = tape.backward(Map.of(loss, scope.full(1, on.dtype(), loss.shape())))) {
          GoldenValues.assertPictureClose(
              backend, data, "grad.a", grads.of(a).orElseThrow(), on.tolerance(5e-7, 1e-4));
        }
      }
    }
  }

  private static Tensor signed(Scope scope, DType dtype, SafetensorsFile file, String name) {
    Tensor bytes = GoldenValues.stored(file, name);
    byte[] raw = GoldenFiles.bits(bytes);
    double[] x = new double[raw.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = 2 * ((raw[i] & 0xFF) / 255.0) - 1;
    }
    return scope.copy(Values.tensor(scope, dtype, x, bytes.shape()).permute(0, 2, 3, 1), dtype);
  }

  private static Tensor signed(Scope scope, DType dtype, BytePixels picture) {
    double[] x = new double[picture.samples().length];
    for (int i = 0; i < x.length; i++) {
      x[i] = 2 * ((picture.samples()[i] & 0xFF) / 255.0) - 1;
    }
    return Values.tensor(scope, dtype, x, 1, picture.height(), picture.width(), 3);
  }

  /** Plain loops take long on whole pictures: there is one for AlexNet, and a gradient for VGG16. */
  static Stream<Arguments> pairs() {
    Stream<Arguments> fast = Stream.of("pair1", "pair2", "pair3").flatMap(pair -> Stream.of(
        Arguments.of("alex", pair, BackendUnderTest.CPU_F32), Arguments.of("vgg", pair, BackendUnderTest.CPU_F32)));
    return Stream.concat(fast, Stream.of(Arguments.of("alex", "pair1", BackendUnderTest.REFERENCE_F64)));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void picturesHaveTheReferencesDistances(String network, String pair, BackendUnderTest on) {
    try (Backend backend = on.open();
        Scope scope = Scope.on(backend)) {
      Lpips lpips = new Lpips(network(network), metricWeights(network).load(scope));
      JsonNode want = METRICS.get(network).get(pair);
      Tape tape = Tape.inference(scope);
      Var distorted = tape.leaf(signed(scope, on.dtype(), picture(pair, "dist")));
      Var reference = tape.leaf(signed(scope, on.dtype(), picture(pair, "ref")));
      List<Var> stages = lpips.stages(tape, distorted, reference);
      double tolerance = on.tolerance(1e-9, 1e-5);
      double sum = 0;
      for (int i = 0; i < stages.size(); i++) {
        double stage = want.get("per_layer").get(i).asDouble();
        double got = Values.scalar(backend, stages.get(i).value());
        assertEquals(stage, got, tolerance * stage, "stage " + i);
        sum += got;
      }
      assertEquals(want.get("value").asDouble(), sum, tolerance * want.get("value").asDouble());
    }
  }

  private static BytePixels picture(String pair, String which) {
    return GoldenPictures.png("metrics/" + pair + "_" + which + ".png");
  }

  @ParameterizedTest
  @CsvSource({"alex, REFERENCE_F64", "alex, CPU_F32", "vgg, CPU_F32"})
  void aPicturesGradientIsTheReferences(String network, BackendUnderTest on) {
    checkGradient(network, on);
  }

  @Test
  @Tag("slow")
  void theGradientOfVggIsTheReferencesInDoublePrecision() {
    checkGradient("vgg", BackendUnderTest.REFERENCE_F64);
  }

  private static void checkGradient(String network, BackendUnderTest on) {
    try (SafetensorsFile data = GoldenFiles.safetensors("metrics/lpips.safetensors");
        Backend backend = on.open();
        Scope scope = Scope.on(backend)) {
      Lpips lpips = new Lpips(network(network), metricWeights(network).load(scope));
      Tensor distorted = signed(scope, on.dtype(), picture("pair2", "dist").crop(0, 0, 64, 64));
      Tensor reference = signed(scope, on.dtype(), picture("pair2", "ref").crop(0, 0, 64, 64));
      JsonNode want = METRICS.get(network).get("gradient_case");
      try (Tape tape = new Tape(scope, Set.of(distorted))) {
        Var value = lpips.apply(tape, tape.leaf(distorted), tape.leaf(reference));
        double expected = want.get("value").asDouble();
        assertEquals(expected, Values.scalar(backend, value.value()), on.tolerance(1e-9, 1e-5) * expected);
        // The stored gradient is with respect to values in [0,1].
        try (Grads grads = tape.backward(Map.of(value, scope.full(2, on.dtype(), value.shape())))) {
          Tensor gradient = grads.of(distorted).orElseThrow();
          GoldenValues.assertPictureClose(
              backend, data, network + ".gradient", gradient, on.tolerance(5e-7, 1e-4));
          double[] g = Values.doubles(backend, gradient.permute(0, 3, 1, 2));
          double[] u = GoldenWeights.uniforms("lpips.direction", g.length);
          double along = 0;
          for (int i = 0; i < g.length; i++) {
            along += g[i] * u[i];
          }
          double slope = want.get("gradient_along_hash_direction").asDouble();
          assertEquals(slope, along, on.tolerance(1e-6, 1e-3) * Math.abs(slope));
        }
      }
    }
  }
}
