package io.github.tsdsr.sd3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.GoldenValues;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The latent's distribution, its clamp acting, against the reference: golden section 1, forward/vae_encoder, gaussian. */
class LatentDistributionTest {
  @ParameterizedTest
  @EnumSource
  void meanDeviationSampleAndDivergenceAreTheReferences(BackendUnderTest on) {
    try (SafetensorsFile data = GoldenFiles.safetensors("forward/vae_encoder.safetensors");
        Backend backend = on.open();
        Scope scope = Scope.on(backend)) {
      Tape tape = Tape.inference(scope);
      Var moments = tape.leaf(GoldenValues.picture(scope, on.dtype(), data, "gaussian.moments"));
      LatentDistribution d = LatentDistribution.of(tape, moments);
      GoldenValues.assertPictureClose(backend, data, "gaussian.mean", d.mean().value(), 0);
      GoldenValues.assertPictureClose(backend, data, "gaussian.logvar", d.logVariance().value(), 0);
      double each = on.tolerance(2e-7, 1e-6);
      assertEachClose(backend, data, "gaussian.std", d.deviation(tape).value(), each);
      Var noise = tape.leaf(GoldenValues.picture(scope, on.dtype(), data, "gaussian.noise"));
      assertEachClose(backend, data, "gaussian.sample", d.sample(tape, noise).value(), each);
      double kl = Values.scalar(backend, d.kl(tape).value());
      double want = GoldenValues.doubles(backend, data, "gaussian.kl")[0];
      assertEquals(want, kl, on.tolerance(2e-7, 2e-6) * want);
    }
  }

  /** Element by element: they span ten orders of magnitude. */
  private static void assertEachClose(
      Backend backend, SafetensorsFile data, String name, Tensor found, double relative) {
    double[] want = GoldenValues.doubles(backend, data, name);
    double[] got = Values.doubles(backend, found.permute(0, 3, 1, 2));
    for (int i = 0; i < want.length; i++) {
      assertEquals(want[i], got[i], relative * Math.abs(want[i]), name + ", element " + i);
    }
  }
}
