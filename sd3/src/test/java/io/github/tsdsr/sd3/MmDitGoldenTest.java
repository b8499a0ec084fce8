package io.github.tsdsr.sd3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.autograd.Grads;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.GoldenValues;
import io.github.tsdsr.io.model.WeightFiles;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.op.Unary;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The transformer against the reference implementation in float64: golden section 1. */
class MmDitGoldenTest {
  private static final String TINY = "models/tiny/transformer/diffusion_pytorch_model.safetensors";
  private static final String TINY35 = "models/tiny35/transformer/diffusion_pytorch_model.safetensors";

  private record Forward(Var latent, Var prompt, Var pooled, Var velocity) {}

  private static Forward forward(
      Tape tape, BackendUnderTest on, MmDit model, SafetensorsFile data, String prefix, Adapters adapters) {
    Scope s = tape.scope();
    Var latent = tape.leaf(GoldenValues.picture(s, on.dtype(), data, prefix + "hidden_states"));
    Var prompt = tape.leaf(GoldenValues.load(s, on.dtype(), data, prefix + "encoder_hidden_states"));
    Var pooled = tape.leaf(GoldenValues.load(s, on.dtype(), data, prefix + "pooled_projections"));
    double[] times = Values.doubles(s.backend(), data.find(prefix + "timestep").orElseThrow());
    Condition condition = model.condition(tape, times, prompt, pooled, adapters);
    return new Forward(latent, prompt, pooled, model.velocity(tape, latent, condition, adapters));
  }

  private static void checkOutputs(
      BackendUnderTest on, MmDitConfig config, Weights weights, SafetensorsFile data, Adapters adapters,
      String... cases) {
    try (Backend backend = on.open();
        Scope scope = Scope.on(backend)) {
      MmDit model = new MmDit(config, weights);
      for (String c : cases) {
        Forward f = forward(Tape.inference(scope), on, model, data, c + ".", adapters);
        GoldenValues.assertPictureClose(backend, data, c + ".output", f.velocity.value(), on.tolerance(2e-7, 3e-6));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void predictsWhatTheReferencePredicts(BackendUnderTest on) {
    try (SafetensorsFile weights = GoldenFiles.safetensors(TINY);
        SafetensorsFile data = GoldenFiles.safetensors("forward/mmdit_base.safetensors")) {
      checkOutputs(on, Golden.tiny(), weights, data, Adapters.NONE, "b1", "b2", "odd");
    }
  }

  @ParameterizedTest
  @EnumSource
  void appliesAdaptersAsTheReferenceDoes(BackendUnderTest on) {
    try (SafetensorsFile weights = GoldenFiles.safetensors(TINY);
        SafetensorsFile lora = GoldenFiles.safetensors("models/tiny/lora/transformer.safetensors");
        SafetensorsFile data = GoldenFiles.safetensors("forward/mmdit_lora.safetensors")) {
      checkOutputs(on, Golden.tiny(), weights, data, Golden.lora(lora), "b1", "b2", "odd");
    }
  }

  @ParameterizedTest
  @EnumSource
  void mergedAdaptersPredictTheSame(BackendUnderTest on) {
    try (SafetensorsFile weights = GoldenFiles.safetensors(TINY);
        SafetensorsFile lora = GoldenFiles.safetensors("models/tiny/lora/transformer.safetensors");
        SafetensorsFile data = GoldenFiles.safetensors("forward/mmdit_lora.safetensors");
        Backend backend = on.open();
        Scope scope = Scope.on(backend)) {
      Weights merged = new MergedWeights(scope, on.dtype(), weights, Golden.lora(lora));
      for (String name : data.names()) {
        if (name.startsWith("merged.")) {
          Tensor got = merged.find(name.substring("merged.".length())).orElseThrow();
          GoldenValues.assertClose(backend, data, name, got, on.tolerance(2e-7, 2e-7));
        }
      }
      MmDit model = new MmDit(Golden.tiny(), merged);
      Forward f = forward(Tape.inference(scope), on, model, data, "b2.", Adapters.NONE);
      GoldenValues.assertPictureClose(backend, data, "b2.output", f.velocity.value(), on.tolerance(2e-7, 3e-6));
    }
  }

  @ParameterizedTest
  @EnumSource
  void runsSd35WithNormalisedQueriesAndASecondAttention(BackendUnderTest on) {
    try (SafetensorsFile weights = GoldenFiles.safetensors(TINY35);
        SafetensorsFile data = GoldenFiles.safetensors("forward/mmdit_tiny35.safetensors")) {
      checkOutputs(on, Golden.tiny35(), weights, data, Adapters.NONE, "b1", "b2");
    }
  }

  @ParameterizedTest
  @EnumSource
  void appliesTheAdaptersOfAnotherRoleToTheSameBase(BackendUnderTest on) {
    try (SafetensorsFile weights = GoldenFiles.safetensors(TINY);
        SafetensorsFile student = GoldenFiles.safetensors("models/tiny/lora/transformer.safetensors");
        SafetensorsFile reg = GoldenFiles.safetensors("models/tiny/lora/transformer_reg.safetensors");
        SafetensorsFile data = GoldenFiles.safetensors("forward/mmdit_lora.safetensors");
        Backend backend = on.open();
        Scope scope = Scope.on(backend)) {
      MmDit model = new MmDit(Golden.tiny(), weights);
      for (boolean other : new boolean[] {true, false}) {
        Adapters adapters = Golden.lora(other ? reg : student);
        Forward f = forward(Tape.inference(scope), on, model, data, "b2.", adapters);
        GoldenValues.assertPictureClose(
            backend, data, other ? "reg.output" : "b2.output", f.velocity.value(), on.tolerance(2e-7, 3e-6));
      }
    }
  }

  /** Small queries and keys make the eps of norms visible. */
  @ParameterizedTest
  @EnumSource
  void normalisesQuietQueriesWithTheReferencesEps(BackendUnderTest on) {
    try (SafetensorsFile weights = GoldenFiles.safetensors(TINY35);
        SafetensorsFile data = GoldenFiles.safetensors("forward/mmdit_tiny35.safetensors");
        Backend host = new ReferenceBackend();
        Scope scope = Scope.on(host)) {
      Map<String, Tensor> quiet = new HashMap<>();
      int scaled = 0;
      for (String name : weights.names()) {
        Tensor w = weights.find(name).orElseThrow();
        if (name.matches(".*\\.(to_q|to_k|add_q_proj|add_k_proj)\\.(weight|bias)")) {
          Tensor small = scope.empty(w.dtype(), w.shape());
          host.run(Unary.affine(w, 1.0 / 128, 0, small));
          w = small;
          scaled++;
        }
        quiet.put(name, w);
      }
      assertEquals(2 * (3 * 4 + 2 * 2), scaled);
      checkOutputs(on, Golden.tiny35(), Weights.of("quiet", quiet), data, Adapters.NONE, "quiet");
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsWeightsRoundedToHalfPrecisionAndComputesInFull(BackendUnderTest on) {
    for (String type : new String[] {"bf16", "f16"}) {
      try (
          SafetensorsFile weights = GoldenFiles.safetensors("forward/" + type + "/diffusion_pytorch_model.safetensors");
          SafetensorsFile data = GoldenFiles.safetensors("forward/mmdit_rounded.safetensors");
          Backend backend = on.open();
          Scope scope = Scope.on(backend)) {
        MmDit model = new MmDit(Golden.tiny(), weights);
        Forward f = forward(Tape.inference(scope), on, model, data, "b1.", Adapters.NONE);
        GoldenValues.assertPictureClose(backend, data, type + ".output", f.velocity.value(), on.tolerance(2e-7, 3e-6));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsWeightsFromShards(BackendUnderTest on) throws IOException {
    try (WeightFiles weights = WeightFiles.open(GoldenFiles.path("forward/sharded"));
        SafetensorsFile data = GoldenFiles.safetensors("forward/mmdit_base.safetensors")) {
      checkOutputs(on, Golden.tiny(), weights, data, Adapters.NONE, "b1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void gradientsOfAllWeightsAreTheReferences(BackendUnderTest on) {
    checkGradients(on, Golden.tiny(), TINY, null, "gradients/mmdit_base.safetensors");
    checkGradients(on, Golden.tiny35(), TINY35, null, "gradients/mmdit_tiny35.safetensors");
  }

  @ParameterizedTest
  @EnumSource
  void gradientsOfAdaptersAreTheReferences(BackendUnderTest on) {
    checkGradients(
        on, Golden.tiny(), TINY, "models/tiny/lora/transformer.safetensors", "gradients/mmdit_lora.safetensors");
  }

  private static void checkGradients(
      BackendUnderTest on, MmDitConfig config, String weightFile, String loraFile, String dataFile) {
    try (SafetensorsFile weights = GoldenFiles.safetensors(weightFile);
        SafetensorsFile lora = loraFile == null ? null : GoldenFiles.safetensors(loraFile);
        SafetensorsFile data = GoldenFiles.safetensors(dataFile);
        Backend backend = on.open();
        Scope scope = Scope.on(backend)) {
      MmDit model = new MmDit(config, weights);
      SafetensorsFile trained = lora == null ? weights : lora;
      Set<Tensor> wanted = new HashSet<>();
      trained.names().forEach(n -> wanted.add(trained.find(n).orElseThrow()));
      Tensor[] inputs = {
        GoldenValues.picture(scope, on.dtype(), data, "hidden_states"),
        GoldenValues.load(scope, on.dtype(), data, "encoder_hidden_states"),
        GoldenValues.load(scope, on.dtype(), data, "pooled_projections")
      };
      wanted.addAll(Set.of(inputs));
      double[] times = Values.doubles(backend, data.find("timestep").orElseThrow());
      try (Tape tape = new Tape(scope, wanted)) {
        Adapters adapters = lora == null ? Adapters.NONE : Golden.lora(lora);
        Condition c = model.condition(tape, times, tape.leaf(inputs[1]), tape.leaf(inputs[2]), adapters);
        Var v = model.velocity(tape, tape.leaf(inputs[0]), c, adapters);
        GoldenValues.assertPictureClose(backend, data, "output", v.value(), on.tolerance(2e-7, 3e-6));
        try (Grads grads = tape.backward(Map.of(v, GoldenValues.picture(scope, on.dtype(), data, "r")))) {
          double tolerance = on.tolerance(2e-7, 2e-5);
          GoldenValues.assertPictureClose(backend, data, "grad.hidden_states", grads.of(inputs[0]).orElseThrow(),
              tolerance);
          GoldenValues.assertClose(backend, data, "grad.encoder_hidden_states", grads.of(inputs[1]).orElseThrow(),
              tolerance);
          GoldenValues.assertClose(backend, data, "grad.pooled_projections", grads.of(inputs[2]).orElseThrow(),
              tolerance);
          int compared = inputs.length;
          for (String name : trained.names()) {
            if (GoldenValues.has(data, "grad." + name)) {
              compared++;
              Tensor leaf = trained.find(name).orElseThrow();
              Tensor grad = grads.of(leaf).orElseGet(() -> scope.zeros(on.dtype(), leaf.shape()));
              GoldenValues.assertClose(backend, data, "grad." + name, grad, tolerance);
            }
          }
          assertEquals(data.names().stream().filter(n -> n.startsWith("grad.")).count(), compared);
        }
      }
    }
  }
}
