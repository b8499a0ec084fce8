package io.github.tsdsr.sd3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.GoldenValues;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the reference has between input and output is computed on the way: where these differ, the mistake is. */
class IntermediatesGoldenTest {
  /** Inputs; and what the functions of the sinusoids, tested on their own, make on the host. */
  private static final Set<String> NOT_COMPUTED =
      Set.of("hidden_states", "encoder_hidden_states", "pooled_projections", "timestep", "time_proj");

  @ParameterizedTest
  @EnumSource
  void ofTheTransformer(BackendUnderTest on) {
    transformer(on, Golden.tiny(), "tiny", null, "mmdit_base", 25);
  }

  @ParameterizedTest
  @EnumSource
  void ofTheTransformerWithAdapters(BackendUnderTest on) {
    transformer(on, Golden.tiny(), "tiny", "models/tiny/lora/transformer.safetensors", "mmdit_lora", 8);
  }

  @ParameterizedTest
  @EnumSource
  void ofTheTransformerWithASecondAttention(BackendUnderTest on) {
    transformer(on, Golden.tiny35(), "tiny35", null, "mmdit_tiny35", 30);
  }

  private static void transformer(
      BackendUnderTest on, MmDitConfig config, String model, String loraFile, String file, int expected) {
    try (SafetensorsFile weights =
        GoldenFiles.safetensors("models/" + model + "/transformer/diffusion_pytorch_model.safetensors");
        SafetensorsFile lora = loraFile == null ? null : GoldenFiles.safetensors(loraFile);
        SafetensorsFile data = GoldenFiles.safetensors("forward/" + file + ".safetensors");
        RecordingBackend backend = new RecordingBackend(on.open());
        Scope scope = Scope.on(backend)) {
      Tape tape = Tape.inference(scope);
      MmDit dit = new MmDit(config, weights);
      Adapters adapters = lora == null ? Adapters.NONE : Golden.lora(lora);
      Condition c = dit.condition(
          tape,
          GoldenValues.doubles(backend, data, "b1.timestep"),
          tape.leaf(GoldenValues.load(scope, on.dtype(), data, "b1.encoder_hidden_states")),
          tape.leaf(GoldenValues.load(scope, on.dtype(), data, "b1.pooled_projections")), adapters);
      dit.velocity(tape, tape.leaf(GoldenValues.picture(scope, on.dtype(), data, "b1.hidden_states")), c, adapters);
      List<String> names = data.names().stream().filter(n -> n.startsWith("b1."))
          .filter(n -> !NOT_COMPUTED.contains(n.substring(3)) && !n.equals("b1.output")).toList();
      for (String name : names) {
        backend.assertComputed(name, GoldenValues.doubles(backend, data, name), on.tolerance(2e-7, 3e-6));
      }
      assertEquals(expected, names.size(), names::toString);
    }
  }

  @ParameterizedTest
  @EnumSource
  void ofTheEncoder(BackendUnderTest on) {
    try (SafetensorsFile data = GoldenFiles.safetensors("forward/vae_encoder.safetensors")) {
      autoencoder(on, data, "24x32.image", data.names().stream()
          .filter(n -> n.startsWith("24x32.base.") && !n.endsWith("conv_norm_out")).toList(), 10);
    }
  }

  @ParameterizedTest
  @EnumSource
  void ofTheDecoder(BackendUnderTest on) {
    try (SafetensorsFile data = GoldenFiles.safetensors("forward/vae_decoder.safetensors")) {
      autoencoder(on, data, "3x4.latent", data.names().stream()
          .filter(n -> n.startsWith("3x4.") && !n.endsWith("latent")).toList(), 9);
    }
  }

  private static void autoencoder(
      BackendUnderTest on, SafetensorsFile data, String input, List<String> names, int expected) {
    try (SafetensorsFile weights =
        GoldenFiles.safetensors("models/tiny/vae/diffusion_pytorch_model.safetensors");
        RecordingBackend backend = new RecordingBackend(on.open());
        Scope scope = Scope.on(backend)) {
      Tape tape = Tape.inference(scope);
      Vae vae = new Vae(Golden.tinyVae(), weights);
      Tensor x = GoldenValues.picture(scope, on.dtype(), data, input);
      if (input.endsWith("image")) {
        vae.moments(tape, tape.leaf(x), Adapters.NONE);
      } else {
        vae.decode(tape, tape.leaf(x), Adapters.NONE);
      }
      for (String name : names) {
        double[] want = Values.doubles(backend, GoldenValues.picture(scope, on.dtype(), data, name));
        backend.assertComputed(name, want, on.tolerance(2e-7, 1e-5));
      }
      assertEquals(expected, names.size(), names::toString);
    }
  }
}
