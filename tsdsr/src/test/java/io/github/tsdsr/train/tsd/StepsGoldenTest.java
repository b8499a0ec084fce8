package io.github.tsdsr.train.tsd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.autograd.optim.Schedule;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.GoldenValues;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.perceptual.FeatureNetwork;
import io.github.tsdsr.perceptual.Lpips;
import io.github.tsdsr.perceptual.TrainingWeights;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.train.diffusion.DiffusionLoss;
import io.github.tsdsr.train.optim.Optimisation;
import io.github.tsdsr.train.optim.ParameterGroup;
import io.github.tsdsr.train.optim.UpdateSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Three whole steps with both optimisers against the reference in float64: golden section 3, train/steps_*. */
class StepsGoldenTest {
  private static final UpdateSettings UPDATES =
      new UpdateSettings(UpdateSettings.Rule.ADAMW, 1e-3, 0, new Schedule.Constant(), 1, 0);

  private static void close(
      TinyDistillation tiny, SafetensorsFile want, String name, double got, double f64, double f32) {
    double stored = GoldenValues.doubles(tiny.backend, want, name)[0];
    assertEquals(stored, got, tiny.on.tolerance(f64, f32) * Math.abs(stored), name);
  }

  /** Adam's first steps go by signs: where a gradient is near zero, F32 may go the other way. */
  private static void checkAdapters(TinyDistillation tiny, SafetensorsFile want, int step, List<Parameter> all) {
    List<Double> off = new ArrayList<>();
    for (Parameter p : all) {
      double[] stored = GoldenValues.doubles(tiny.backend, want, "step." + step + "." + p.name());
      double[] got = Values.doubles(tiny.backend, p.value());
      assertEquals(stored.length, got.length, p.name());
      for (int i = 0; i < got.length; i++) {
        off.add(Math.abs(stored[i] - got[i]));
      }
    }
    off.sort(null);
    double farthest = off.getLast();
    assertTrue(farthest <= tiny.on.tolerance(1e-7, 1e-4), () -> "step " + step + ": one is off by " + farthest);
    double most = off.get((int) (0.999 * off.size()));
    assertTrue(most <= tiny.on.tolerance(1e-7, 2e-6), () -> "step " + step + ": 0.1 % are off by " + most);
  }

  private static void check(
      BackendUnderTest on, String file, DistillationRules rules, IntFunction<Phase> phases) {
    try (TinyDistillation tiny = new TinyDistillation(on);
        SafetensorsFile inputs = GoldenFiles.safetensors("train/steps_inputs.safetensors");
        SafetensorsFile want = GoldenFiles.safetensors("train/" + file + ".safetensors")) {
      Lpips lpips = new Lpips(FeatureNetwork.ALEXNET, TrainingWeights.manifest().load(tiny.scope));
      Distillation distillation = new Distillation(tiny.roles(Adapters.NONE), rules, lpips);
      List<Parameter> student = tiny.studentParameters();
      List<Parameter> lora = tiny.loraParameters();
      Optimisation optimisation = new Optimisation(
          tiny.scope, List.of(new ParameterGroup("", student, UPDATES), new ParameterGroup("lora", lora, UPDATES)));
      for (int n = 0; n < 3; n++) {
        String in = "step." + n + ".in.";
        String out = "step." + n + ".";
        Draw draw = tiny.draw(inputs, in, rules.sharedLevels());
        DiffusionLoss.Levels levels = new DiffusionLoss.Levels(
            tiny.ints(inputs, in + "reg.index"), tiny.latent(inputs, in + "reg.noise"),
            GoldenValues.doubles(tiny.backend, inputs, in + "reg.u_normal"));
        try (Distillation.StudentStep first = distillation.student(
            tiny.scope, draw, phases.apply(n), TinyDistillation.wanted(student), 1,
            DistributionAwareSampling.Observer.NONE);
            Distillation.LoraStep second = distillation.lora(
                tiny.scope, first.zhat(), levels, draw.prompt(), TinyDistillation.wanted(lora), 1)) {
          close(tiny, want, out + "loss.tsd", first.at().tsd().orElseThrow().value(), 2e-7, 1e-5);
          close(tiny, want, out + "loss.mse", first.at().mse().value(), 2e-7, 1e-5);
          close(tiny, want, out + "loss.lpips", first.at().perceptual().orElseThrow().value(), 2e-7, 1e-5);
          close(tiny, want, out + "loss.total", first.at().total().value(), 2e-7, 1e-5);
          close(tiny, want, out + "loss.reg", second.loss(), 2e-7, 1e-5);
          Map<String, Double> outcome = optimisation.step(n, first.grads().and(second.grads()));
          close(tiny, want, out + "norm.student", outcome.get("norm"), 2e-7, 2e-5);
          close(tiny, want, out + "norm.reg", outcome.get("norm_lora"), 2e-7, 2e-5);
        }
        List<Parameter> all = new ArrayList<>(student);
        all.addAll(lora);
        checkAdapters(tiny, want, n, all);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"REFERENCE_F64", "CPU_F32"})
  void threeStepsOfTheProgramMoveBothSetsOfAdaptersAsTheReferencesDo(BackendUnderTest on) {
    check(on, "steps_program", DistillationRules.program(),
        _ -> new Phase(1, true, DistributionAwareSampling.of(4)));
  }

  @ParameterizedTest
  @EnumSource(names = {"REFERENCE_F64", "CPU_F32"})
  void threeStepsOfThePaperMoveBothSetsOfAdaptersAsTheReferencesDo(BackendUnderTest on) {
    check(on, "steps_paper", DistillationRules.paper(),
        n -> n == 0 ? Phase.first() : Phase.second(n == 1 ? 1.5 : 2));
  }
}
