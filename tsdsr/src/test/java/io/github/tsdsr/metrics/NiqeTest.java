package io.github.tsdsr.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tsdsr.golden.GoldenJson;
import io.github.tsdsr.golden.GoldenPictures;
import io.github.tsdsr.golden.GoldenTensors;
import io.github.tsdsr.io.GoldenWeights;
import io.github.tsdsr.pixel.BytePixels;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NiqeTest {
  private static final GoldenTensors TENSORS = GoldenTensors.read("metrics/niqe.safetensors");
  private static final Map<String, Object> JSON = GoldenJson.object(GoldenJson.read("metrics/niqe.json"));

  private static BytePixels picture(String name) {
    if (!name.endsWith("_noisy")) {
      return GoldenPictures.png("metrics/" + name + ".png");
    }
    BytePixels clean = picture(name.replace("_noisy", ""));
    BytePixels out = BytePixels.blank(clean.width(), clean.height(), 3);
    double[] u = GoldenWeights.uniforms("niqe.noise", out.samples().length);
    for (int i = 0; i < out.samples().length; i++) {
      out.samples()[i] = (byte) Math.clamp(Math.rint((clean.samples()[i] & 0xFF) + 20 * u[i]), 0.0, 255.0);
    }
    return out;
  }

  @ParameterizedTest
  @ValueSource(strings = {"picture2", "picture2_noisy", "picture3"})
  void theScoreIsThePublishedMetrics(String name) {
    double want = (double) GoldenJson.object(JSON.get(name)).get("value");
    assertEquals(want, Niqe.load().of(picture(name)), 1e-5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"picture2", "picture2_noisy", "picture3"})
  void everyBlocksFeaturesAreTheReferences(String name) {
    double[] want = TENSORS.doubles(name + ".features");
    List<double[]> got = Niqe.features(picture(name));
    assertEquals(want.length, got.size() * 36);
    for (int i = 0; i < want.length; i++) {
      assertEquals(want[i], got.get(i / 36)[i % 36], 1e-6, "block " + i / 36 + " feature " + i % 36);
    }
  }

  @Test
  void theHalfSizeAgreesAtBothCorners() {
    BytePixels cut = picture("picture3").crop(0, 0, 384, 288);
    double[] half = NiqeFeatures.half(Luma.YIQ.rounded(cut), 384, 288);
    double[] corner = TENSORS.doubles("picture3.half_corner");
    double[] end = TENSORS.doubles("picture3.half_end");
    for (int i = 0; i < corner.length; i++) {
      assertEquals(corner[i], half[i / 12 * 192 + i % 12], 1e-9);
      assertEquals(end[i], half[(132 + i / 12) * 192 + 180 + i % 12], 1e-9);
    }
  }

  @Test
  void theNormalisedLumaAgreesAtTheCorner() {
    BytePixels cut = picture("picture3").crop(0, 0, 384, 288);
    double[] normalised = NiqeFeatures.normalised(Luma.YIQ.rounded(cut), 384, 288);
    double[] corner = TENSORS.doubles("picture3.normalised_corner");
    for (int i = 0; i < corner.length; i++) {
      assertEquals(corner[i], normalised[i / 12 * 384 + i % 12], 1e-7);
    }
  }

  @Test
  void theFitOfABlockIsTheReferences() {
    // The stored shape comes from a grid in float32: 1.722 is 2.9e-6 larger there.
    AsymmetricGaussian fit = AsymmetricGaussian.fit(TENSORS.doubles("aggd.block"));
    assertArrayEquals(TENSORS.doubles("aggd.alpha_betal_betar"),
        new double[] {fit.shape(), fit.left(), fit.right()}, 5e-6);
  }

  @ParameterizedTest
  @CsvSource({"0.5, 1.7724538509055159", "1, 1", "5, 24", "15, 87178291200", "0.1, 9.513507698668732",
    "3.5, 3.3233509704478426"})
  void gammaIsRightToTwelvePlaces(double x, double want) {
    assertEquals(want, GammaFunction.of(x), 1e-12 * want);
  }

  @Test
  void aPictureWithTooFewBlocksIsRefused() {
    Niqe niqe = Niqe.load();
    assertEquals("NIQE of a picture of 191x95: 0 usable blocks of 96x96, expected at least 2",
        assertThrows(IllegalArgumentException.class, () -> niqe.of(BytePixels.blank(191, 95, 3))).getMessage());
    assertEquals("NIQE of a picture of 400x400: 0 usable blocks of 96x96, expected at least 2",
        assertThrows(IllegalArgumentException.class, () -> niqe.of(BytePixels.blank(400, 400, 3))).getMessage());
  }
}
