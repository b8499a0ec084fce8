package io.github.tsdsr.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.golden.GoldenJson;
import io.github.tsdsr.golden.GoldenPictures;
import io.github.tsdsr.pixel.BytePixels;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PsnrSsimTest {
  private static final Map<String, Object> GOLDEN = GoldenJson.object(GoldenJson.read("metrics/psnr_ssim.json"));

  @ParameterizedTest
  @ValueSource(strings = {"pair1", "pair2", "pair3", "identical", "inverted"})
  void allSixNumbersAreTheReferences(String name) {
    BytePixels reference = GoldenPictures.png("metrics/" + (name.startsWith("pair") ? name : "pair2") + "_ref.png");
    BytePixels picture = switch (name) {
      case "identical" -> reference;
      case "inverted" -> inverted(reference);
      default -> GoldenPictures.png("metrics/" + name + "_dist.png");
    };
    assertEquals(golden(name, "psnr_y_ycbcr"), Psnr.of(picture, reference, Luma.YCBCR), 1e-6);
    assertEquals(golden(name, "psnr_y_yiq"), Psnr.of(picture, reference, Luma.YIQ), 1e-6);
    assertEquals(golden(name, "psnr_rgb"), Psnr.ofRgb(picture, reference), 1e-6);
    assertEquals(golden(name, "ssim_y_ycbcr"), Ssim.of(picture, reference, Luma.YCBCR), 1e-6);
    assertEquals(golden(name, "ssim_y_yiq"), Ssim.of(picture, reference, Luma.YIQ), 2e-5);
    assertEquals(golden(name, "ssim_rgb"), Ssim.ofRgb(picture, reference), 1e-6);
  }

  private static double golden(String name, String metric) {
    return (double) GoldenJson.object(GoldenJson.object(GOLDEN.get(name)).get(metric)).get("value");
  }

  private static BytePixels inverted(BytePixels x) {
    BytePixels out = BytePixels.blank(x.width(), x.height(), 3);
    for (int i = 0; i < out.samples().length; i++) {
      out.samples()[i] = (byte) ~x.samples()[i];
    }
    return out;
  }

  @Test
  void lumaOnATieGoesToTheEvenLevel() {
    int ties = 0;
    for (int r = 0; r < 256; r++) {
      for (int b = 0; b < 256; b++) {
        int numerator = 299 * r + 114 * b;
        if (numerator % 1000 == 500) {
          double level = Luma.YIQ.rounded(new BytePixels(1, 1, 3, new byte[] {(byte) r, 0, (byte) b}))[0];
          assertEquals(0, level % 2);
          assertEquals(numerator / 1000.0, level, 0.5);
          ties++;
        }
      }
    }
    assertTrue(ties > 10, ties + " ties");
  }

  @Test
  void picturesThatCannotBeComparedAreRefused() {
    BytePixels a = BytePixels.blank(20, 10, 3);
    assertEquals("a picture of 20x10 against a reference of 10x20: expected the same size",
        assertThrows(IllegalArgumentException.class, () -> Psnr.ofRgb(a, BytePixels.blank(10, 20, 3))).getMessage());
    assertEquals("SSIM of a picture of 20x10: expected at least 11x11",
        assertThrows(IllegalArgumentException.class, () -> Ssim.of(a, a, Luma.YCBCR)).getMessage());
    assertThrows(IllegalArgumentException.class, () -> Psnr.of(a, BytePixels.blank(20, 10, 4), Luma.YCBCR));
  }
}
