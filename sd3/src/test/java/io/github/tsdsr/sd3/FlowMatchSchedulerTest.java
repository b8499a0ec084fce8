package io.github.tsdsr.sd3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.GoldenValues;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Noise levels against the reference: golden section 1, forward/scheduler. */
class FlowMatchSchedulerTest {
  private final SafetensorsFile data = GoldenFiles.safetensors("forward/scheduler.safetensors");
  private final FlowMatchScheduler scheduler = FlowMatchScheduler.sd3();

  private float[] floats(String name) {
    return GoldenFiles.segment(GoldenValues.stored(data, name)).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
  }

  @Test
  void trainingTableIsTheReferencesBitForBit() {
    assertArrayEquals(floats("train.sigmas"), scheduler.trainSigmas(), 0);
    assertArrayEquals(floats("train.timesteps"), scheduler.trainTimes(), 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {28, 20, 4, 1})
  void samplingTablesAreTheReferencesBitForBit(int n) {
    FlowMatchScheduler.Steps steps = scheduler.steps(n);
    assertArrayEquals(floats("steps" + n + ".sigmas"), steps.sigmas(), 0);
    assertArrayEquals(floats("steps" + n + ".timesteps"), steps.times(), 0);
  }

  @Test
  void levelsInDoubleAreThoseOfTheTable() {
    float[] sigmas = scheduler.trainSigmas();
    float[] times = scheduler.trainTimes();
    for (int i = 0; i < sigmas.length; i++) {
      assertEquals(sigmas[i], scheduler.sigma(i), 2e-7);
      assertEquals(times[i], scheduler.time(i), 2e-4);
    }
    assertThrows(IndexOutOfBoundsException.class, () -> scheduler.sigma(1000));
    assertThrows(IndexOutOfBoundsException.class, () -> scheduler.sigma(-1));
    assertThrows(IllegalArgumentException.class, () -> scheduler.steps(0));
  }

  @ParameterizedTest
  @EnumSource
  void noisesEachSampleToItsLevel(BackendUnderTest on) {
    try (Backend backend = on.open(); Scope scope = Scope.on(backend)) {
      double[] sigmas = Arrays.stream(GoldenValues.doubles(backend, data, "noising.index"))
          .map(i -> scheduler.trainSigmas()[(int) i]).toArray();
      assertArrayEquals(GoldenValues.doubles(backend, data, "noising.sigma"), sigmas, 0);
      double[] times = Arrays.stream(GoldenValues.doubles(backend, data, "noising.index"))
          .map(i -> scheduler.trainTimes()[(int) i]).toArray();
      assertArrayEquals(GoldenValues.doubles(backend, data, "noising.timestep"), times, 0);
      Tape tape = Tape.inference(scope);
      Tensor z = GoldenValues.picture(scope, on.dtype(), data, "noising.z");
      Tensor eps = GoldenValues.picture(scope, on.dtype(), data, "noising.eps");
      Tensor noised = FlowMatchScheduler.noised(tape, tape.leaf(z), tape.leaf(eps), sigmas).value();
      GoldenValues.assertPictureClose(backend, data, "noising.z_t", noised, on.tolerance(2e-7, 1e-6));
    }
  }

  @ParameterizedTest
  @EnumSource
  void stepsAsTheReferenceDoes(BackendUnderTest on) {
    try (Backend backend = on.open(); Scope scope = Scope.on(backend)) {
      FlowMatchScheduler.Steps steps = scheduler.steps(4);
      Tensor latent = GoldenValues.picture(scope, on.dtype(), data, "euler.sample");
      Tensor velocities = GoldenValues.picture(scope, on.dtype(), data, "euler.model_output");
      for (int i = 0; i < 4; i++) {
        steps.euler(backend, i, latent, velocities.slice(0, i, i + 1));
        GoldenValues.assertPictureClose(backend, data, "euler.after" + (i + 1), latent, on.tolerance(2e-7, 1e-6));
      }
    }
  }
}
