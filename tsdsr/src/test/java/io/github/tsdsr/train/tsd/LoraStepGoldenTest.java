package io.github.tsdsr.train.tsd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.GoldenValues;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.train.diffusion.DiffusionLoss;
import io.github.tsdsr.train.diffusion.LevelWeighting;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The LoRA model's own step against the reference in float64: golden section 3, train/lora_step. */
class LoraStepGoldenTest {
  private static final class Case implements AutoCloseable {
    final TinyDistillation tiny;
    final SafetensorsFile data = GoldenFiles.safetensors("train/lora_step.safetensors");
    final Tensor zhat;
    final Prompt prompt;
    final Tensor noise;

    Case(BackendUnderTest on) {
      tiny = new TinyDistillation(on);
      zhat = tiny.latent(data, "in.zhat");
      prompt = new Prompt(tiny.tensor(data, "in.prompt_embeds"), tiny.tensor(data, "in.pooled"));
      noise = tiny.latent(data, "in.noise");
    }

    DiffusionLoss.Levels levels(LevelWeighting weighting) {
      String u = weighting == LevelWeighting.MODE ? "in.u_uniform" : "in.u_normal";
      return new DiffusionLoss.Levels(
          tiny.ints(data, "in.index"), noise, GoldenValues.doubles(tiny.backend, data, u));
    }

    void check(String kind, DiffusionLoss loss, LevelWeighting weighting) {
      DistillationRules paper = DistillationRules.paper();
      DistillationRules rules = new DistillationRules(
          paper.samplePosterior(), paper.sharedLevels(), paper.clampPicture(), paper.lambda(), paper.guidance(),
          paper.gamma2(), loss);
      Distillation distillation = new Distillation(tiny.roles(Adapters.NONE), rules, (_, _, _) -> {
        throw new AssertionError("no picture is looked at here");
      });
      Set<Tensor> wanted = TinyDistillation.wanted(tiny.loraParameters());
      try (Distillation.LoraStep step =
          distillation.lora(tiny.scope, zhat, levels(weighting), prompt, wanted, 1)) {
        double want = GoldenValues.doubles(tiny.backend, data, "loss." + kind)[0];
        assertEquals(want, step.loss(), tiny.on.tolerance(2e-7, 1e-5) * want, kind);
        for (Map.Entry<String, Tensor> e : tiny.regLora.entrySet()) {
          String name = "grad." + kind + "." + e.getKey();
          if (GoldenValues.has(data, name)) {
            Tensor grad = step.grads().of(e.getValue())
                .orElseGet(() -> tiny.scope.zeros(tiny.on.dtype(), e.getValue().shape()));
            GoldenValues.assertClose(tiny.backend, data, name, grad, tiny.on.tolerance(5e-7, 1e-4));
          }
        }
      }
    }

    @Override
    public void close() {
      data.close();
      tiny.close();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"REFERENCE_F64", "CPU_F32"})
  void noisesAndDenoisesAsTheReferenceDoes(BackendUnderTest on) {
    try (Case c = new Case(on)) {
      Tape tape = Tape.inference(c.tiny.scope);
      Roles roles = c.tiny.roles(Adapters.NONE);
      DiffusionLoss.Prediction p = DiffusionLoss.predict(
          tape, roles.scheduler(), roles.base(), roles.lora(), c.zhat, c.levels(LevelWeighting.MODE), c.prompt);
      double tolerance = on.tolerance(2e-7, 5e-5);
      GoldenValues.assertPictureClose(c.tiny.backend, c.data, "zhat_t", p.noised().value(), tolerance);
      GoldenValues.assertPictureClose(c.tiny.backend, c.data, "v", p.velocity().value(), tolerance);
      GoldenValues.assertPictureClose(c.tiny.backend, c.data, "x0", DiffusionLoss.denoised(tape, p).value(), tolerance);
      for (LevelWeighting weighting : LevelWeighting.values()) {
        String name = "weighting." + weighting.name().toLowerCase(Locale.ROOT);
        double[] want = GoldenValues.doubles(c.tiny.backend, c.data, name);
        double[] u = c.levels(weighting).draws();
        for (int i = 0; i < want.length; i++) {
          assertEquals(want[i], weighting.of(p.sigmas()[i], u[i]), 1e-7 * want[i], name);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"REFERENCE_F64", "CPU_F32"})
  void learnsByThePapersLossAsTheReferenceDoes(BackendUnderTest on) {
    try (Case c = new Case(on)) {
      c.check("eq9", new DiffusionLoss.Velocity(), LevelWeighting.LOGIT_NORMAL);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"REFERENCE_F64", "CPU_F32"})
  void learnsByTheProgramsLossesAsTheReferenceDoes(BackendUnderTest on) {
    try (Case c = new Case(on)) {
      for (LevelWeighting weighting : LevelWeighting.values()) {
        String scheme = weighting.name().toLowerCase(Locale.ROOT);
        c.check("program." + scheme, new DiffusionLoss.Denoised(weighting, false), weighting);
        c.check("per_sample." + scheme, new DiffusionLoss.Denoised(weighting, true), weighting);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"REFERENCE_F64", "CPU_F32"})
  void movesNothingButItsAdapters(BackendUnderTest on) {
    try (Case c = new Case(on)) {
      Distillation distillation =
          new Distillation(c.tiny.roles(Adapters.NONE), DistillationRules.paper(), (_, _, _) -> {
            throw new AssertionError("no picture is looked at here");
          });
      Set<Tensor> wanted = TinyDistillation.wanted(c.tiny.loraParameters());
      wanted.addAll(TinyDistillation.wanted(c.tiny.studentParameters()));
      try (Distillation.LoraStep step = distillation.lora(
          c.tiny.scope, c.zhat, c.levels(LevelWeighting.MODE), c.prompt, wanted, 1)) {
        c.tiny.studentParameters().forEach(p -> assertEquals(false, step.grads().of(p.value()).isPresent(), p.name()));
      }
    }
  }
}
