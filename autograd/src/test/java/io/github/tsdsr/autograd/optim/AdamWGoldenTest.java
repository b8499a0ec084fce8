package io.github.tsdsr.autograd.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.GoldenValues;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** AdamW and clipping against the reference: golden section 3, adamw. */
class AdamWGoldenTest {
  private static final int STEPS = 5;
  private final SafetensorsFile file = GoldenFiles.safetensors("train/adamw.safetensors");
  private final JsonNode settings;

  AdamWGoldenTest() throws IOException {
    settings = new ObjectMapper().readTree(file.metadata().get("settings"));
  }

  @ParameterizedTest
  @EnumSource
  void parametersAndMomentsAreTheReferencesAfterEachStep(BackendUnderTest on) {
    for (String c : List.of("a", "b", "c")) {
      try (Backend backend = on.open(); Scope scope = Scope.on(backend)) {
        Parameter p = new Parameter("p", GoldenValues.load(scope, on.dtype(), file, "param"));
        AdamW.Settings s = new AdamW.Settings(
            0.9, 0.999, settings.get(c + ".eps").asDouble(), settings.get(c + ".weight_decay").asDouble());
        AdamW optimiser = new AdamW(scope, s, List.of(p));
        Tensor grads = GoldenValues.load(scope, on.dtype(), file, "grads");
        for (int k = 0; k < STEPS; k++) {
          Tensor grad = grads.select(0, k);
          double rate = settings.get(c + ".lr").asDouble() * (c.equals("c") ? (k + 1) / 5.0 : 1);
          optimiser.step(t -> t.equals(p.value()) ? Optional.of(grad) : Optional.empty(), 1, rate);
          String step = c + "." + k + ".";
          double[] want = GoldenValues.doubles(backend, file, step + "param");
          double[] got = Values.doubles(backend, p.value());
          GoldenValues.assertWithin(step + "param", want, got, on.tolerance(1e-7, 4e-7));
          Map<String, Tensor> state = optimiser.state();
          eachWithin(backend, step + "exp_avg", state.get("adamw.first.p"), on.tolerance(2e-7, 3e-4));
          eachWithin(backend, step + "exp_avg_sq", state.get("adamw.second.p"), on.tolerance(2e-7, 2e-6));
          assertEquals(k + 1, optimiser.steps());
        }
      }
    }
  }

  private void eachWithin(Backend backend, String name, Tensor found, double relative) {
    eachWithin(name, GoldenValues.doubles(backend, file, name), Values.doubles(backend, found), relative);
  }

  private static void eachWithin(String name, double[] want, double[] got, double relative) {
    for (int i = 0; i < want.length; i++) {
      assertEquals(want[i], got[i], relative * Math.abs(want[i]), name + ", element " + i);
    }
  }

  @ParameterizedTest
  @EnumSource
  void resumedFromItsStateItTakesTheSameSteps(BackendUnderTest on) {
    try (Backend backend = on.open(); Scope scope = Scope.on(backend)) {
      Tensor grads = GoldenValues.load(scope, on.dtype(), file, "grads");
      Parameter whole = new Parameter("p", GoldenValues.load(scope, on.dtype(), file, "param"));
      Parameter resumed = new Parameter("p", GoldenValues.load(scope, on.dtype(), file, "param"));
      AdamW.Settings s = new AdamW.Settings(0.9, 0.999, 1e-8, 0.1);
      AdamW one = new AdamW(scope, s, List.of(whole));
      AdamW two = new AdamW(scope, s, List.of(resumed));
      for (int k = 0; k < STEPS; k++) {
        Tensor grad = grads.select(0, k);
        one.step(_ -> Optional.of(grad), 0.5, 1e-2);
        two.step(_ -> Optional.of(grad), 0.5, 1e-2);
        AdamW next = new AdamW(scope, s, List.of(resumed));
        Map<String, Tensor> saved = two.state();
        next.state().forEach((name, t) -> backend.run(new io.github.tsdsr.tensor.op.Copy(saved.get(name), t)));
        next.resumeAt(two.steps());
        two = next;
      }
      GoldenValues.assertWithin("resumed", Values.doubles(backend, whole.value()),
          Values.doubles(backend, resumed.value()), 0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void clipsByTheNormOfAllGradientsTogether(BackendUnderTest on) {
    for (String c : List.of("below", "above", "zero")) {
      try (Backend backend = on.open(); Scope scope = Scope.on(backend)) {
        Tensor[] grads = new Tensor[2];
        Parameter[] parameters = new Parameter[2];
        for (int i = 0; i < 2; i++) {
          grads[i] = GoldenValues.load(scope, on.dtype(), file, "clip." + c + ".grad." + i);
          parameters[i] = new Parameter("p" + i, scope.zeros(on.dtype(), grads[i].shape()));
        }
        Clipping clipping = Clipping.of(
            backend, List.of(parameters), t -> Optional.of(t.equals(parameters[0].value()) ? grads[0] : grads[1]), 1);
        double norm = GoldenValues.doubles(backend, file, "clip." + c + ".norm")[0];
        assertEquals(norm, clipping.norm(), on.tolerance(2e-7, 2e-6) * norm);
        assertTrue(clipping.firstNonFinite().isEmpty());
        for (int i = 0; i < 2; i++) {
          double[] clipped = Values.doubles(backend, grads[i]);
          for (int j = 0; j < clipped.length; j++) {
            clipped[j] *= clipping.factor();
          }
          String name = "clip." + c + ".clipped." + i;
          eachWithin(name, GoldenValues.doubles(backend, file, name), clipped, on.tolerance(2e-7, 2e-6));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void namesTheFirstParameterWhoseGradientIsNotFinite(BackendUnderTest on) {
    try (Backend backend = on.open(); Scope scope = Scope.on(backend)) {
      for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
        Parameter good = new Parameter("good", scope.zeros(on.dtype(), 3));
        Parameter none = new Parameter("none", scope.zeros(on.dtype(), 1));
        Parameter broken = new Parameter("broken", scope.zeros(on.dtype(), 2));
        Tensor one = scope.full(1, on.dtype(), 3);
        Tensor wrong = Values.tensor(scope, on.dtype(), new double[] {1, bad}, 2);
        Clipping c = Clipping.of(
            backend, List.of(good, none, broken),
            t -> t.equals(none.value()) ? Optional.empty() : Optional.of(t.equals(good.value()) ? one : wrong), 1);
        assertEquals(Optional.of("broken"), c.firstNonFinite());
      }
    }
  }
}
