package io.github.tsdsr.data.degrade;

import static io.github.tsdsr.data.degrade.Near.assertNear;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tsdsr.golden.GoldenJson;
import io.github.tsdsr.golden.GoldenTensors;
import io.github.tsdsr.pixel.ByteRounding;
import io.github.tsdsr.pixel.FloatPixels;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole pass of two pictures that the reference did, with its random fields: from end to end, and in parts. */
class DegradationPlanTest {
  private static final GoldenTensors GOLDEN = GoldenTensors.read("degradation/pipeline.safetensors");
  private static final Map<String, Object> PASS =
      GoldenJson.object(GoldenJson.read("degradation/pipeline.json"));

  private static BlurKernel kernel(String name, int sample) {
    return Kernels.of(GoldenJson.object(GoldenJson.list(PASS.get(name)).get(sample)));
  }

  private static Noise noise1(int sample) {
    return sample == 0 ? new Noise.Gaussian(14.34, true) : new Noise.Gaussian(7.09, false);
  }

  private static Noise noise2(int sample) {
    return sample == 0 ? new Noise.Poisson(1.569, false) : new Noise.Poisson(0.9075, true);
  }

  private static double quality1(int sample) {
    return sample == 0 ? 63.7 : 38.2;
  }

  private static double quality2(int sample) {
    return sample == 0 ? 71.5 : 44;
  }

  private static DegradationPlan plan(int sample, boolean jpegFirst) {
    return new DegradationPlan(
        4, true, kernel("kernel1", sample), new ResizeRule.Drawn(0.7132, Interpolation.BICUBIC), noise1(sample),
        quality1(sample), kernel("kernel2", sample), new ResizeRule.Drawn(1.1432, Interpolation.AREA), noise2(sample),
        jpegFirst, jpegFirst ? Interpolation.BICUBIC : Interpolation.BILINEAR, kernel("sinc_kernel", sample),
        quality2(sample));
  }

  private static StoredFields fields(int sample) {
    return StoredFields.gaussian(GOLDEN, "noise1.", sample, sample == 0)
        .with(StoredFields.poisson(GOLDEN, "noise2.", sample, sample == 1));
  }

  @Test
  void theParametersHereAreThoseOfTheReference() {
    List<Object> steps = GoldenJson.list(PASS.get("steps"));
    for (Object each : steps) {
      Map<String, Object> step = GoldenJson.object(each);
      switch ((String) step.get("result")) {
        case "resize1" -> assertEquals(0.7132, step.get("scale"));
        case "resize2" -> assertEquals(1.1432, step.get("scale"));
        case "noise1" -> assertEquals(List.of(14.34, 7.09), step.get("sigma"));
        case "jpeg1" -> assertEquals(List.of(63.7, 38.2), step.get("quality"));
        case "A.jpeg2", "B.jpeg2" -> assertEquals(List.of(71.5, 44.0), step.get("quality"));
        default -> {
          // The other steps have numbers that would give other pictures at once.
        }
      }
    }
    for (int n = 0; n < 2; n++) {
      for (String name : List.of("kernel1", "kernel2", "sinc_kernel")) {
        float[] stored = GOLDEN.floats(name);
        double[] got = Kernels.padded(kernel(name, n), 21);
        for (int i = 0; i < got.length; i++) {
          assertEquals(stored[n * got.length + i], got[i], 1e-7, name);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0, false", "1, false", "0, true", "1, true"})
  void theWholePassGivesTheReferencesBytes(int sample, boolean jpegFirst) {
    FloatPixels want = GOLDEN.floatPicture((jpegFirst ? "B" : "A") + ".lq", sample);
    FloatPixels got = plan(sample, jpegFirst).apply(GOLDEN.floatPicture("gt", sample), fields(sample));
    assertNear(want, got.toBytes(ByteRounding.NEAREST).toUnit(), 1e-6);
    assertEquals(0, differences(want, got.toBytes(ByteRounding.NEAREST).toUnit()));
  }

  private static int differences(FloatPixels want, FloatPixels got) {
    int count = 0;
    for (int i = 0; i < want.samples().length; i++) {
      count += Math.abs(want.samples()[i] - got.samples()[i]) > 1e-6 ? 1 : 0;
    }
    return count;
  }

  @ParameterizedTest
  @CsvSource({"0", "1"})
  void everyPartGivesWhatTheReferenceHasThere(int n) {
    FloatPixels x = Correlation.apply(UnsharpMask.sharpen(GOLDEN.floatPicture("gt", n)), kernel("kernel1", n));
    x = Interpolation.BICUBIC.byFactor(x, 0.7132);
    x = clamped(noise1(n).addedTo(x, fields(n)));
    assertNear(GOLDEN.floatPicture("jpeg1", n), DiffJpeg.apply(x, quality1(n)), 5e-6);
    x = Correlation.apply(GOLDEN.floatPicture("jpeg1", n), kernel("kernel2", n));
    assertNear(GOLDEN.floatPicture("resize2", n), Interpolation.AREA.toSize(x, 27, 27), 5e-6);
    x = noise2(n).addedTo(GOLDEN.floatPicture("resize2", n), fields(n));
    assertNear(GOLDEN.floatPicture("noise2", n), clamped(x), 5e-6);
    x = Interpolation.BILINEAR.toSize(GOLDEN.floatPicture("noise2", n), 24, 24);
    assertNear(GOLDEN.floatPicture("A.resize3", n), x, 5e-6);
    x = Correlation.apply(GOLDEN.floatPicture("A.resize3", n), kernel("sinc_kernel", n));
    assertNear(GOLDEN.floatPicture("A.sinc", n), x, 5e-6);
    x = DiffJpeg.apply(clamped(GOLDEN.floatPicture("A.sinc", n)), quality2(n));
    assertNear(GOLDEN.floatPicture("A.jpeg2", n), x, 5e-6);
    x = DiffJpeg.apply(GOLDEN.floatPicture("noise2", n), quality2(n));
    assertNear(GOLDEN.floatPicture("B.jpeg2", n), x, 5e-6);
    x = Interpolation.BICUBIC.toSize(GOLDEN.floatPicture("B.jpeg2", n), 24, 24);
    assertNear(GOLDEN.floatPicture("B.resize3", n), x, 5e-6);
    x = Correlation.apply(GOLDEN.floatPicture("B.resize3", n), kernel("sinc_kernel", n));
    assertNear(GOLDEN.floatPicture("B.sinc", n), x, 5e-6);
  }

  private static FloatPixels clamped(FloatPixels x) {
    FloatPixels out = FloatPixels.blank(x.width(), x.height(), 3);
    for (int i = 0; i < out.samples().length; i++) {
      out.samples()[i] = Math.clamp(x.samples()[i], 0f, 1f);
    }
    return out;
  }
}
