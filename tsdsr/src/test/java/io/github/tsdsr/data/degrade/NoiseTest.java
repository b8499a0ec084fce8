package io.github.tsdsr.data.degrade;

import static io.github.tsdsr.data.degrade.Near.assertNear;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tsdsr.data.RandomStream;
import io.github.tsdsr.golden.GoldenJson;
import io.github.tsdsr.golden.GoldenTensors;
import io.github.tsdsr.pixel.FloatPixels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoiseTest {
  private static final GoldenTensors GOLDEN = GoldenTensors.read("degradation/noise.safetensors");

  /** The noise of every case, against an output that the reference may have clipped and rounded. */
  private static void check(Map<String, Object> c, int sample, FloatPixels noisy) {
    boolean clip = (Boolean) c.get("clip");
    boolean rounds = (Boolean) c.get("rounds");
    DoubleUnaryOperator finish = v -> {
      double r = rounds ? Math.rint(v * 255) / 255 : v;
      return clip ? Math.clamp(r, 0, 1) : r;
    };
    FloatPixels got = FloatPixels.blank(noisy.width(), noisy.height(), 3);
    for (int i = 0; i < got.samples().length; i++) {
      got.samples()[i] = (float) finish.applyAsDouble(noisy.samples()[i]);
    }
    assertNear(GOLDEN.floatPicture((String) c.get("out"), sample), got, 1e-6);
  }

  private static List<Object> cases(String kind) {
    return GoldenJson.list(GoldenJson.object(GoldenJson.read("degradation/noise.json")).get(kind));
  }

  @Test
  void gaussianNoiseIsTheReferences() {
    int done = 0;
    for (Object each : cases("gaussian")) {
      Map<String, Object> c = GoldenJson.object(each);
      int[] gray = GoldenJson.ints(c.get("gray"));
      for (int n = 0; n < 2; n++) {
        Noise noise = new Noise.Gaussian(GOLDEN.floats("gaussian.sigma")[n], gray[n] == 1);
        StoredFields fields = StoredFields.gaussian(GOLDEN, "gaussian.", n, gray[n] == 1);
        check(c, n, noise.addedTo(GOLDEN.floatPicture("image", n), fields));
        done++;
      }
    }
    assertEquals(10, done);
  }

  @Test
  void poissonNoiseIsTheReferences() {
    int done = 0;
    for (Object each : cases("poisson")) {
      Map<String, Object> c = GoldenJson.object(each);
      int[] gray = GoldenJson.ints(c.get("gray"));
      for (int n = 0; n < 2; n++) {
        Noise noise = new Noise.Poisson(GOLDEN.floats("poisson.scale")[n], gray[n] == 1);
        StoredFields fields = StoredFields.poisson(GOLDEN, "poisson.", n, gray[n] == 1);
        check(c, n, noise.addedTo(GOLDEN.floatPicture("image", n), fields));
        done++;
      }
    }
    assertEquals(10, done);
  }

  @Test
  void theMeanOfACountFollowsTheNumberOfLevels() {
    for (int n = 0; n < 2; n++) {
      FloatPixels image = GOLDEN.floatPicture("image", n);
      assertEquals(GOLDEN.floats("poisson.color_vals")[n], Noise.Poisson.vals(Noise.Poisson.levels(image)));
      assertEquals(GOLDEN.floats("poisson.gray_vals")[n], Noise.Poisson.vals(Noise.Poisson.luma(image)));
    }
    assertEquals(1, Noise.Poisson.vals(new byte[] {7, 7}));
    assertEquals(4, Noise.Poisson.vals(new byte[] {7, 8, 9, 7}));
    assertEquals(4, Noise.Poisson.vals(new byte[] {6, 7, 8, 9}));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.01, 0.9, 7.3, 128, 256})
  void countsHaveMeanAndVarianceOfThePoissonDistribution(double mean) {
    PoissonTable table = PoissonTable.of(mean);
    RandomStream random = RandomStream.numbered(3, 1);
    int n = 200_000;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      int k = table.count(random.uniform());
      sum += k;
      squares += (double) k * k;
    }
    double got = sum / n;
    // Five standard errors.
    assertEquals(mean, got, 5 * Math.sqrt(mean / n));
    assertEquals(mean, squares / n - got * got, 5 * Math.sqrt((mean + 2 * mean * mean) / n) + 1e-9);
  }

  @Test
  void aCountIsTheLeastWhoseProbabilityReachesTheNumber() {
    PoissonTable table = PoissonTable.of(2);
    double e = Math.exp(-2);
    assertEquals(0, table.count(e * 0.999));
    assertEquals(1, table.count(e * 1.001));
    assertEquals(1, table.count(e * 2.999));
    assertEquals(2, table.count(e * 3.001));
    assertEquals(19, table.count(1 - 0x1p-33), 4);
    assertThrows(IllegalArgumentException.class, () -> PoissonTable.of(-1));
  }

  @Test
  void drawnNoiseHasItsStrengthAndGrayNoiseIsGray() {
    FloatPixels flat = FloatPixels.blank(200, 200, 3);
    Arrays.fill(flat.samples(), 100 / 255f);
    NoiseFields fields = NoiseFields.of(RandomStream.numbered(5, 2));
    assertEquals(12 / 255.0, deviation(new Noise.Gaussian(12, false).addedTo(flat, fields)), 0.0005);
    // One level in all: vals = 1, so the variance of the noise is q.
    double want = 0.5 * Math.sqrt(100 / 255.0);
    assertEquals(want, deviation(new Noise.Poisson(0.5, false).addedTo(flat, fields)), 0.005);
    for (Noise gray : List.of(new Noise.Gaussian(9, true), new Noise.Poisson(0.3, true))) {
      float[] s = gray.addedTo(flat, fields).samples();
      for (int i = 0; i < s.length; i += 3) {
        assertEquals(s[i], s[i + 1]);
        assertEquals(s[i], s[i + 2]);
      }
    }
  }

  private static double deviation(FloatPixels x) {
    double mean = 0;
    double square = 0;
    for (float v : x.samples()) {
      mean += (double) v / x.samples().length;
      square += (double) v * v / x.samples().length;
    }
    return Math.sqrt(square - mean * mean);
  }
}
