package io.github.tsdsr.sd3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.autograd.Grads;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.GoldenValues;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The autoencoder against the reference implementation in float64: golden section 1. */
class VaeGoldenTest {
  private static final String TINY = "models/tiny/vae/diffusion_pytorch_model.safetensors";
  private static final String LORA = "models/tiny/lora/vae.safetensors";

  @ParameterizedTest
  @EnumSource
  void encodesAsTheReferenceDoes(BackendUnderTest on) {
    try (SafetensorsFile weights = GoldenFiles.safetensors(TINY);
        SafetensorsFile lora = GoldenFiles.safetensors(LORA);
        SafetensorsFile data = GoldenFiles.safetensors("forward/vae_encoder.safetensors");
        Backend backend = on.open();
        Scope scope = Scope.on(backend)) {
      Vae vae = new Vae(Golden.tinyVae(), weights);
      for (String c : new String[] {"64x64", "48x80", "24x32"}) {
        Tape tape = Tape.inference(scope);
        Var image = tape.leaf(GoldenValues.picture(scope, on.dtype(), data, c + ".image"));
        Tensor base = vae.moments(tape, image, Adapters.NONE).value();
        GoldenValues.assertPictureClose(backend, data, c + ".base.moments", base, on.tolerance(2e-7, 1e-5));
        Tensor adapted = vae.moments(tape, image, Golden.lora(lora)).value();
        GoldenValues.assertPictureClose(backend, data, c + ".lora.moments", adapted, on.tolerance(2e-7, 1e-5));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void mergedAdaptersEncodeTheSame(BackendUnderTest on) {
    try (SafetensorsFile weights = GoldenFiles.safetensors(TINY);
        SafetensorsFile lora = GoldenFiles.safetensors(LORA);
        SafetensorsFile data = GoldenFiles.safetensors("forward/vae_encoder.safetensors");
        Backend backend = on.open();
        Scope scope = Scope.on(backend)) {
      MergedWeights merged = new MergedWeights(scope, on.dtype(), weights, Golden.lora(lora));
      for (String name : data.names()) {
        if (name.startsWith("merged.")) {
          Tensor got = merged.find(name.substring("merged.".length())).orElseThrow();
          GoldenValues.assertClose(backend, data, name, got, 2e-7);
        }
      }
      Tape tape = Tape.inference(scope);
      Var image = tape.leaf(GoldenValues.picture(scope, on.dtype(), data, "24x32.image"));
      Tensor moments = new Vae(Golden.tinyVae(), merged).moments(tape, image, Adapters.NONE).value();
      GoldenValues.assertPictureClose(backend, data, "24x32.lora.moments", moments, on.tolerance(2e-7, 1e-5));
    }
  }

  @ParameterizedTest
  @EnumSource
  void decodesAsTheReferenceDoes(BackendUnderTest on) {
    try (SafetensorsFile weights = GoldenFiles.safetensors(TINY);
        SafetensorsFile data = GoldenFiles.safetensors("forward/vae_decoder.safetensors");
        Backend backend = on.open();
        Scope scope = Scope.on(backend)) {
      Vae vae = new Vae(Golden.tinyVae(), weights);
      for (String c : new String[] {"8x8", "6x10", "2x3", "3x4"}) {
        Tape tape = Tape.inference(scope);
        Var latent = tape.leaf(GoldenValues.picture(scope, on.dtype(), data, c + ".latent"));
        Tensor image = vae.decode(tape, latent, Adapters.NONE).value();
        GoldenValues.assertPictureClose(backend, data, c + ".image", image, on.tolerance(2e-7, 1e-5));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void gradientsOfTheEncoderAreTheReferences(BackendUnderTest on) {
    checkGradients(on, null, "gradients/vae_encoder_base.safetensors", "image", "encoder.");
  }

  @ParameterizedTest
  @EnumSource
  void gradientsOfTheEncodersAdaptersAreTheReferences(BackendUnderTest on) {
    checkGradients(on, LORA, "gradients/vae_encoder_lora.safetensors", "image", "transformer.");
  }

  @ParameterizedTest
  @EnumSource
  void gradientsOfTheDecoderAreTheReferences(BackendUnderTest on) {
    checkGradients(on, null, "gradients/vae_decoder_base.safetensors", "latent", "decoder.");
  }

  private static void checkGradients(
      BackendUnderTest on, String loraFile, String dataFile, String input, String prefix) {
    try (SafetensorsFile weights = GoldenFiles.safetensors(TINY);
        SafetensorsFile lora = loraFile == null ? null : GoldenFiles.safetensors(loraFile);
        SafetensorsFile data = GoldenFiles.safetensors(dataFile);
        Backend backend = on.open();
        Scope scope = Scope.on(backend)) {
      Vae vae = new Vae(Golden.tinyVae(), weights);
      SafetensorsFile trained = lora == null ? weights : lora;
      Set<Tensor> wanted = new HashSet<>();
      trained.names().stream().filter(n -> n.startsWith(prefix))
          .forEach(n -> wanted.add(trained.find(n).orElseThrow()));
      Tensor x = GoldenValues.picture(scope, on.dtype(), data, input);
      wanted.add(x);
      try (Tape tape = new Tape(scope, wanted)) {
        Var y;
        if (input.equals("latent")) {
          y = vae.decode(tape, tape.leaf(x), Adapters.NONE);
        } else if (lora == null) {
          y = vae.moments(tape, tape.leaf(x), Adapters.NONE);
        } else {
          y = vae.mean(tape, vae.moments(tape, tape.leaf(x), Golden.lora(lora)));
        }
        GoldenValues.assertPictureClose(backend, data, "output", y.value(), on.tolerance(2e-7, 1e-5));
        try (Grads grads = tape.backward(Map.of(y, GoldenValues.picture(scope, on.dtype(), data, "r")))) {
          double tolerance = on.tolerance(2e-7, 2e-5);
          GoldenValues.assertPictureClose(backend, data, "grad." + input, grads.of(x).orElseThrow(), tolerance);
          int compared = 1;
          for (String name : trained.names()) {
            if (GoldenValues.has(data, "grad." + name)) {
              compared++;
              GoldenValues.assertClose(
                  backend, data, "grad." + name, grads.of(trained.find(name).orElseThrow()).orElseThrow(), tolerance);
            }
          }
          assertEquals(data.names().stream().filter(n -> n.startsWith("grad.")).count(), compared);
        }
      }
    }
  }
}
