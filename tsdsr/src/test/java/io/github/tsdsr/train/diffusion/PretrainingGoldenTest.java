package io.github.tsdsr.train.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.autograd.Grads;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.fn.Losses;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.GoldenValues;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.sd3.FlowMatchScheduler;
import io.github.tsdsr.sd3.LatentDistribution;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.train.tsd.TinyDistillation;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Training of all weights against the reference in float64: golden section 3, train/flow_pretrain and vae_pretrain. */
class PretrainingGoldenTest {
  private static final String TABLE = "pos_embed.pos_embed";

  private static void lossClose(
      TinyDistillation tiny, SafetensorsFile want, String name, double f32, double... got) {
    double[] stored = GoldenValues.doubles(tiny.backend, want, name);
    assertEquals(stored.length, got.length, name);
    for (int i = 0; i < got.length; i++) {
      assertEquals(stored[i], got[i], tiny.on.tolerance(2e-7, f32) * Math.abs(stored[i]), name);
    }
  }

  private static int checkGradients(TinyDistillation tiny, SafetensorsFile want, SafetensorsFile weights, Grads grads) {
    int compared = 0;
    for (String name : weights.names()) {
      String stored = "grad." + name;
      if (!GoldenValues.has(want, stored)) {
        continue;
      }
      Tensor leaf = GoldenValues.stored(weights, name);
      Tensor got = grads.of(leaf).orElseGet(() -> tiny.scope.zeros(tiny.on.dtype(), leaf.shape()));
      if (name.endsWith("mid_block.attentions.0.to_k.bias")) {
        // Mathematically 0: a constant in all keys of a softmax.
        GoldenValues.assertWithin(stored, GoldenValues.doubles(tiny.backend, want, stored),
            Values.doubles(tiny.backend, got), tiny.on.tolerance(1e-9, 1e-6));
      } else {
        GoldenValues.assertClose(tiny.backend, want, stored, got, tiny.on.tolerance(5e-7, 1e-4));
      }
      compared++;
    }
    return compared;
  }

  @ParameterizedTest
  @EnumSource(names = {"REFERENCE_F64", "CPU_F32"})
  void flowMatchingHasTheReferencesLossAndGradients(BackendUnderTest on) {
    try (TinyDistillation tiny = new TinyDistillation(on);
        SafetensorsFile want = GoldenFiles.safetensors("train/flow_pretrain.safetensors");
        SafetensorsFile weights =
            GoldenFiles.safetensors("models/tiny/transformer/diffusion_pytorch_model.safetensors")) {
      Set<Tensor> wanted = new HashSet<>();
      weights.names().stream().filter(n -> !n.equals(TABLE))
          .forEach(n -> wanted.add(GoldenValues.stored(weights, n)));
      DiffusionLoss.Levels levels = new DiffusionLoss.Levels(
          tiny.ints(want, "in.index"), tiny.latent(want, "in.noise"), new double[2]);
      FlowMatchScheduler scheduler = FlowMatchScheduler.sd3();
      lossClose(tiny, want, "sigma", 1e-7, levels.sigmas(scheduler));
      lossClose(tiny, want, "t", 1e-7, levels.times(scheduler));
      try (Tape tape = new Tape(tiny.scope, wanted)) {
        DiffusionLoss.Prediction p = DiffusionLoss.predict(
            tape, scheduler, new MmDit(TinyDistillation.TRANSFORMER, weights), Adapters.NONE,
            tiny.latent(want, "in.z"), levels,
            new Prompt(tiny.tensor(want, "in.prompt_embeds"), tiny.tensor(want, "in.pooled")));
        double tolerance = on.tolerance(2e-7, 5e-5);
        GoldenValues.assertPictureClose(tiny.backend, want, "z_t", p.noised().value(), tolerance);
        GoldenValues.assertPictureClose(tiny.backend, want, "v", p.velocity().value(), tolerance);
        Var loss = new DiffusionLoss.Velocity().of(tape, p);
        lossClose(tiny, want, "loss", 1e-5, Values.scalar(tiny.backend, loss.value()));
        try (Grads grads = tape.backward(Map.of(loss, tiny.scope.full(1, on.dtype(), loss.shape())))) {
          int compared = checkGradients(tiny, want, weights, grads);
          assertTrue(compared >= 60, compared + " gradients");
          assertFalse(grads.of(GoldenValues.stored(weights, TABLE)).isPresent());
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"REFERENCE_F64", "CPU_F32"})
  void anAutoencodersLossHasTheReferencesGradients(BackendUnderTest on) {
    try (TinyDistillation tiny = new TinyDistillation(on);
        SafetensorsFile want = GoldenFiles.safetensors("train/vae_pretrain.safetensors");
        SafetensorsFile weights = GoldenFiles.safetensors("models/tiny/vae/diffusion_pytorch_model.safetensors")) {
      Vae vae = new Vae(TinyDistillation.VAE, weights);
      Set<Tensor> wanted = new HashSet<>();
      weights.names().forEach(n -> wanted.add(GoldenValues.stored(weights, n)));
      Tensor x = tiny.picture(tiny.inputs, "in.x_H");
      try (Tape tape = new Tape(tiny.scope, wanted)) {
        Var moments = vae.moments(tape, tape.leaf(x), Adapters.NONE);
        LatentDistribution latent = LatentDistribution.of(tape, moments);
        Var z = latent.sample(tape, tape.leaf(tiny.latent(tiny.inputs, "in.posterior_eps")));
        Var reconstruction = vae.decode(tape, z, Adapters.NONE);
        Var l1 = Losses.l1(tape, reconstruction, tape.leaf(x));
        Var mse = Losses.mse(tape, reconstruction, tape.leaf(x));
        Var each = latent.kl(tape);
        Var kl = Losses.mean(tape, each);
        double tolerance = on.tolerance(2e-7, 5e-5);
        GoldenValues.assertPictureClose(tiny.backend, want, "moments", moments.value(), tolerance);
        GoldenValues.assertPictureClose(tiny.backend, want, "z", z.value(), tolerance);
        GoldenValues.assertPictureClose(
            tiny.backend, want, "reconstruction", reconstruction.value(), tolerance);
        lossClose(tiny, want, "loss.l1", 1e-5, Values.scalar(tiny.backend, l1.value()));
        lossClose(tiny, want, "loss.mse", 1e-5, Values.scalar(tiny.backend, mse.value()));
        lossClose(tiny, want, "loss.kl_per_sample", 1e-5, Values.doubles(tiny.backend, each.value()));
        Map<Var, Tensor> seeds = new LinkedHashMap<>();
        seeds.put(l1, tiny.scope.full(1, on.dtype(), l1.shape()));
        seeds.put(mse, tiny.scope.full(1, on.dtype(), mse.shape()));
        seeds.put(kl, tiny.scope.full(1e-6, on.dtype(), kl.shape()));
        try (Grads grads = tape.backward(seeds)) {
          assertEquals(weights.names().size(), checkGradients(tiny, want, weights, grads));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"REFERENCE_F64", "CPU_F32"})
  void theDivergenceOfALatentHasTheReferencesGradient(BackendUnderTest on) {
    try (TinyDistillation tiny = new TinyDistillation(on);
        SafetensorsFile want = GoldenFiles.safetensors("train/vae_pretrain.safetensors")) {
      Tensor moments = tiny.latent(want, "moments");
      try (Tape tape = new Tape(tiny.scope, Set.of(moments))) {
        Var kl = Losses.mean(tape, LatentDistribution.of(tape, tape.leaf(moments)).kl(tape));
        try (Grads grads = tape.backward(Map.of(kl, tiny.scope.full(1, on.dtype(), kl.shape())))) {
          GoldenValues.assertPictureClose(tiny.backend, want, "grad_kl.moments", grads.of(moments).orElseThrow(),
              on.tolerance(5e-7, 1e-4));
        }
      }
    }
  }
}
