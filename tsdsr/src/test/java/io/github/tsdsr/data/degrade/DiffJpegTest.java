package io.github.tsdsr.data.degrade;

import static io.github.tsdsr.data.degrade.Near.assertNear;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tsdsr.golden.GoldenTensors;
import io.github.tsdsr.pixel.FloatPixels;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiffJpegTest {
  private static final GoldenTensors GOLDEN = GoldenTensors.read("degradation/jpeg.safetensors");

  private static void assertSame(String name, double[] got) {
    float[] want = GOLDEN.floats(name);
    for (int i = 0; i < want.length; i++) {
      assertEquals(want[i], got[i], 0.0, name + " " + i);
    }
    assertEquals(want.length, got.length);
  }

  private static double[] coefficients(
      FloatPixels x, double quality, Function<DiffJpeg.Coefficients, double[]> plane) {
    return IntStream.range(0, Math.ceilDiv(x.height(), 16))
        .mapToObj(strip -> plane.apply(DiffJpeg.encode(x, 16 * strip, quality)))
        .flatMapToDouble(Arrays::stream).toArray();
  }

  /** A whole number of blocks, and sides that are filled up. */
  @ParameterizedTest
  @CsvSource({"a, 30", "b, 95"})
  void coefficientsAreTheReferencesExactlyAndPicturesNearly(String image, int quality) {
    FloatPixels x = GOLDEN.floatPicture(image + ".image");
    String name = image + ".q" + quality + ".";
    assertSame(name + "y", coefficients(x, quality, DiffJpeg.Coefficients::y));
    assertSame(name + "cb", coefficients(x, quality, DiffJpeg.Coefficients::cb));
    assertSame(name + "cr", coefficients(x, quality, DiffJpeg.Coefficients::cr));
    assertNear(GOLDEN.floatPicture(name + "out"), DiffJpeg.apply(x, quality), 1e-6);
  }

  @Test
  void qualityIsARealNumber() {
    for (int n = 0; n < 2; n++) {
      FloatPixels got =
          DiffJpeg.apply(GOLDEN.floatPicture("batch.image", n), n == 0 ? 41.3 : 87.9);
      assertNear(GOLDEN.floatPicture("batch.out", n), got, 1e-6);
    }
    assertEquals(0.8, DiffJpeg.factor(60), 1e-15);
    assertThrows(IllegalArgumentException.class, () -> DiffJpeg.factor(100));
    assertThrows(IllegalArgumentException.class, () -> DiffJpeg.factor(0));
  }

  @Test
  void aWidePictureKeepsItsPixelsInPlace() {
    FloatPixels x = FloatPixels.blank(70, 20, 3);
    for (int i = 0; i < x.samples().length; i++) {
      x.samples()[i] = i / 3 % 70 / 70f;
    }
    FloatPixels got = DiffJpeg.apply(x, 99.9);
    assertEquals(70, got.width());
    assertArrayEquals(x.samples(), got.samples(), 0.02f);
  }
}
