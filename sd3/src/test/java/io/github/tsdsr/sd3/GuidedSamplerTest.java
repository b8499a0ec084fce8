package io.github.tsdsr.sd3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.GoldenValues;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sampling in twenty steps with guidance against the reference: golden section 1, forward/scheduler. */
class GuidedSamplerTest {
  private static final String TINY = "models/tiny/transformer/diffusion_pytorch_model.safetensors";

  /** The empty prompt comes first in the file. */
  private static Prompt prompt(Scope scope, BackendUnderTest on, SafetensorsFile data, int which) {
    Tensor tokens = GoldenValues.load(scope, on.dtype(), data, "sampling.encoder_hidden_states");
    Tensor pooled = GoldenValues.load(scope, on.dtype(), data, "sampling.pooled_projections");
    return new Prompt(tokens.slice(0, which, which + 1), pooled.slice(0, which, which + 1));
  }

  @ParameterizedTest
  @EnumSource
  void twentyGuidedStepsEndWhereTheReferencesDo(BackendUnderTest on) {
    try (SafetensorsFile weights = GoldenFiles.safetensors(TINY);
        SafetensorsFile data = GoldenFiles.safetensors("forward/scheduler.safetensors");
        Backend backend = on.open()) {
      try (Scope scope = Scope.on(backend)) {
        MmDit model = new MmDit(Golden.tiny(), weights);
        GuidedSampler sampler = new GuidedSampler(model, FlowMatchScheduler.sd3(), new Guidance(7.5, true));
        Prompt nothing = prompt(scope, on, data, 0);
        Prompt text = prompt(scope, on, data, 1);
        Tensor noise = GoldenValues.picture(scope, on.dtype(), data, "sampling.noise");
        List<Integer> heard = new ArrayList<>();
        long before = backend.memory().inUse();
        Tensor latent = sampler.sample(scope, noise, text, nothing, 20, Adapters.NONE, (done, v, x) -> {
          heard.add(done);
          double tolerance = on.tolerance(2e-7, done == 1 ? 1e-6 : 3e-6);
          if (done == 1) {
            GoldenValues.assertPictureClose(backend, data, "sampling.step1.v_guided", v, on.tolerance(2e-7, 3e-6));
          }
          if (done == 1 || done == 10) {
            GoldenValues.assertPictureClose(backend, data, "sampling.after" + done, x, tolerance);
          }
        });
        GoldenValues.assertPictureClose(backend, data, "sampling.after20", latent, on.tolerance(2e-7, 3e-6));
        assertEquals(20, heard.size());
        assertEquals(before + latent.bytes(), backend.memory().inUse(), "only the latent is left");
      }
      assertEquals(0, backend.memory().inUse());
    }
  }

  @ParameterizedTest
  @EnumSource
  void guidanceOfOneFollowsThePromptAloneAndOfNoneTheEmptyOne(BackendUnderTest on) {
    try (SafetensorsFile weights = GoldenFiles.safetensors(TINY);
        SafetensorsFile data = GoldenFiles.safetensors("forward/scheduler.safetensors");
        Backend backend = on.open();
        Scope scope = Scope.on(backend)) {
      MmDit model = new MmDit(Golden.tiny(), weights);
      Prompt nothing = prompt(scope, on, data, 0);
      Prompt text = prompt(scope, on, data, 1);
      Tensor noise = GoldenValues.picture(scope, on.dtype(), data, "sampling.noise");
      FlowMatchScheduler scheduler = FlowMatchScheduler.sd3();
      Tensor prompted = new GuidedSampler(model, scheduler, new Guidance(1, true)).velocity(scope, noise, text, null,
          1000, Adapters.NONE);
      GoldenValues.assertPictureClose(backend, data, "sampling.step1.v_text", prompted, on.tolerance(2e-7, 3e-6));
      Tensor empty = new GuidedSampler(model, scheduler, new Guidance(0, true)).velocity(scope, noise, text, nothing,
          1000, Adapters.NONE);
      GoldenValues.assertPictureClose(backend, data, "sampling.step1.v_null", empty, on.tolerance(2e-7, 3e-6));
    }
  }

  @ParameterizedTest
  @EnumSource
  void guidesInOnePassOverTwiceTheBatchOrInTwo(BackendUnderTest on) {
    try (SafetensorsFile weights = GoldenFiles.safetensors(TINY);
        SafetensorsFile data = GoldenFiles.safetensors("forward/scheduler.safetensors");
        Backend backend = on.open();
        Scope scope = Scope.on(backend)) {
      MmDit model = new MmDit(Golden.tiny(), weights);
      Tensor noise = GoldenValues.picture(scope, on.dtype(), data, "sampling.noise");
      for (boolean batched : new boolean[] {true, false}) {
        Tensor v = new Guidance(7.5, batched).velocity(
            scope, model, Adapters.NONE, noise, new double[] {1000}, prompt(scope, on, data, 1),
            prompt(scope, on, data, 0));
        GoldenValues.assertPictureClose(backend, data, "sampling.step1.v_guided", v, on.tolerance(2e-7, 3e-6));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void leavesTheNoiseAsItIsAndGivesTheSameForTheSame(BackendUnderTest on) {
    try (SafetensorsFile weights = GoldenFiles.safetensors(TINY);
        SafetensorsFile data = GoldenFiles.safetensors("forward/scheduler.safetensors");
        Backend backend = on.open();
        Scope scope = Scope.on(backend)) {
      MmDit model = new MmDit(Golden.tiny(), weights);
      GuidedSampler sampler = new GuidedSampler(model, FlowMatchScheduler.sd3(), new Guidance(3, true));
      Prompt nothing = prompt(scope, on, data, 0);
      Prompt text = prompt(scope, on, data, 1);
      Tensor noise = GoldenValues.picture(scope, on.dtype(), data, "sampling.noise");
      double[] before = Values.doubles(backend, noise);
      double[][] found = new double[2][];
      for (int i = 0; i < 2; i++) {
        found[i] = Values.doubles(
            backend,
            sampler.sample(scope, noise, text, nothing, 2, Adapters.NONE, GuidedSampler.Listener.NONE));
      }
      assertArrayEquals(before, Values.doubles(backend, noise), 0);
      assertArrayEquals(found[0], found[1], 0);
    }
  }
}
