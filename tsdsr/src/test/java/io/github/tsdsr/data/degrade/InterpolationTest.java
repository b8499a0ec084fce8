package io.github.tsdsr.data.degrade;

import static io.github.tsdsr.data.degrade.Near.assertNear;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.tsdsr.golden.GoldenTensors;
import io.github.tsdsr.pixel.FloatPixels;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class InterpolationTest {
  private static final GoldenTensors GOLDEN = GoldenTensors.read("degradation/resize.safetensors");
  private static final FloatPixels IMAGE = GOLDEN.floatPicture("image");

  @ParameterizedTest
  @EnumSource
  void sizesAndFactorsAreTheReferences(Interpolation by) {
    String prefix = by.name().toLowerCase(Locale.ROOT) + ".";
    int cases = 0;
    for (String name : GOLDEN.names()) {
      if (name.startsWith(prefix)) {
        FloatPixels want = GOLDEN.floatPicture(name);
        String how = name.substring(prefix.length());
        FloatPixels got = how.startsWith("scale")
            ? by.byFactor(IMAGE, Double.parseDouble(how.substring(5)))
            : by.toSize(IMAGE, want.width(), want.height());
        assertNear(want, got, 1e-6);
        cases++;
      }
    }
    assertEquals(6, cases);
  }

  @ParameterizedTest
  @EnumSource
  void theOwnSizeChangesNothingAndNoSideVanishes(Interpolation by) {
    assertSame(IMAGE, by.byFactor(IMAGE, 1));
    assertNear(IMAGE, by.toSize(IMAGE, IMAGE.width(), IMAGE.height()), 0);
    assertEquals(1, by.byFactor(FloatPixels.blank(5, 2, 3), 0.15).height());
  }

  @Test
  void anAreaIsAMeanAlsoWhereItGrows() {
    FloatPixels two = new FloatPixels(2, 1, 1, new float[] {0, 1});
    assertNear(new FloatPixels(3, 1, 1, new float[] {0, 0.5f, 1}), Interpolation.AREA.toSize(two, 3, 1), 0);
  }
}
