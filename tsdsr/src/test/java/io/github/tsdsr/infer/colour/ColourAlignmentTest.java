package io.github.tsdsr.infer.colour;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.golden.GoldenTensors;
import io.github.tsdsr.infer.resize.PillowFilter;
import io.github.tsdsr.infer.resize.PillowResize;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.RowLoop;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ColourAlignmentTest {
  private static final GoldenTensors OPS = GoldenTensors.read("pipeline/ops.safetensors");
  private static final RowLoop SERIAL = RowLoop.serial();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void everyLowPassAgreesWithTheReference(int level) {
    FloatPixels x = OPS.floatPicture("wavelet.x");
    assertArrayEquals(OPS.floatPicture("wavelet.low" + level).samples(),
        Wavelet.low(x, level, SERIAL).samples(), 1e-6f);
  }

  @Test
  void thePictureLessItsLowPassIsTheReferencesDetails() {
    float[] x = OPS.floatPicture("wavelet.x").samples();
    float[] low = Wavelet.low(OPS.floatPicture("wavelet.x"), Wavelet.LEVELS, SERIAL).samples();
    float[] high = OPS.floatPicture("wavelet.high").samples();
    for (int i = 0; i < x.length; i++) {
      assertEquals(high[i], x[i] - low[i], 1e-6f);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"colour", "colour_small"})
  void waveletAlignmentOfFloatsAgreesWithTheReference(String name) {
    FloatPixels target = OPS.bytePicture(name + ".target").toUnit();
    FloatPixels source = OPS.bytePicture(name + ".source").toUnit();
    assertArrayEquals(OPS.floatPicture(name + ".wavelet_float").samples(),
        Wavelet.align(target, source, SERIAL).samples(), 1e-6f);
  }

  @ParameterizedTest
  @ValueSource(strings = {"colour", "colour_small"})
  void adainAlignmentOfFloatsAgreesWithTheReference(String name) {
    FloatPixels target = OPS.bytePicture(name + ".target").toUnit();
    assertArrayEquals(OPS.floatPicture(name + ".adain_float").samples(),
        ColourAlignment.ADAIN.align(target, OPS.bytePicture(name + ".lq").toUnit(), SERIAL).samples(), 1e-6f);
  }

  @ParameterizedTest
  @ValueSource(strings = {"colour", "colour_small"})
  void waveletAlignmentOfBytesTruncatesLikeThePublishedProgram(String name) {
    // The source has the target's size already, so that the enlargement leaves it alone.
    assertBytes(OPS.bytePicture(name + ".wavelet"), ColourAlignment.WAVELET.alignPublished(
        OPS.bytePicture(name + ".target"), OPS.bytePicture(name + ".source"), SERIAL));
  }

  @ParameterizedTest
  @ValueSource(strings = {"colour", "colour_small"})
  void adainAlignmentOfBytesTruncatesLikeThePublishedProgram(String name) {
    assertBytes(OPS.bytePicture(name + ".adain"), ColourAlignment.ADAIN.alignPublished(
        OPS.bytePicture(name + ".target"), OPS.bytePicture(name + ".lq"), SERIAL));
  }

  private static void assertBytes(BytePixels want, BytePixels got) {
    int different = 0;
    for (int i = 0; i < want.samples().length; i++) {
      int difference = Math.abs((want.samples()[i] & 0xFF) - (got.samples()[i] & 0xFF));
      assertTrue(difference <= 1);
      different += difference;
    }
    assertTrue(different <= want.samples().length / 1000, different + " bytes differ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"colour", "colour_small"})
  void ourRuleStaysInFloats(String name) {
    // The source has the target's size already, so that the enlargement leaves it alone.
    assertArrayEquals(OPS.floatPicture(name + ".wavelet_float").samples(), ColourAlignment.WAVELET.align(
        OPS.bytePicture(name + ".target").toUnit(), OPS.bytePicture(name + ".source").toUnit(), SERIAL).samples(),
        1e-6f);
  }

  @Test
  void aSlopeWithinOneLevelOf8BitsComesBack() {
    FloatPixels slope = FloatPixels.blank(64, 8, 3);
    for (int i = 0; i < slope.samples().length; i++) {
      slope.samples()[i] = (100 + i / 3 % 64 / 100f) / 255;
    }
    FloatPixels flat = FloatPixels.blank(256, 32, 3);
    float[] row = ColourAlignment.WAVELET.align(flat, slope, SERIAL).samples();
    for (int x = 8; x < 248; x++) {
      assertTrue(row[3 * x] > row[3 * (x - 1)], "at column " + x);
    }
  }

  @Test
  void theReferenceOfWaveletIsTheInputEnlargedToTheOutput() {
    FloatPixels input = OPS.bytePicture("pil.x").toUnit();
    FloatPixels flat = FloatPixels.blank(132, 96, 3);
    FloatPixels enlarged = PillowResize.resize(input, 132, 96, PillowFilter.BICUBIC, SERIAL);
    assertArrayEquals(Wavelet.low(enlarged, Wavelet.LEVELS, SERIAL).samples(),
        ColourAlignment.WAVELET.align(flat, input, SERIAL).samples(), 1e-6f);
  }

  @Test
  void noneChangesNothing() {
    BytePixels target = OPS.bytePicture("colour.target");
    assertSame(target, ColourAlignment.NONE.alignPublished(target, OPS.bytePicture("colour.lq"), SERIAL));
    FloatPixels unit = target.toUnit();
    assertSame(unit, ColourAlignment.NONE.align(unit, OPS.bytePicture("colour.lq").toUnit(), SERIAL));
  }

  @Test
  void theSharingOfRowsDoesNotChangeTheResult() {
    FloatPixels x = OPS.floatPicture("wavelet.x");
    try (ExecutorService pool = Executors.newFixedThreadPool(3)) {
      assertArrayEquals(Wavelet.low(x, 5, SERIAL).samples(), Wavelet.low(x, 5, RowLoop.on(pool, 3)).samples(), 0f);
    }
  }

  @Test
  void aReferenceOfAnotherShapeIsRefused() {
    FloatPixels x = OPS.floatPicture("wavelet.x");
    assertEquals("the reference is 27x20 with 3 channels, expected 28x20 with 3",
        assertThrows(IllegalArgumentException.class, () -> Wavelet.align(x, FloatPixels.blank(27, 20, 3), SERIAL))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> MeanAndDeviation.align(x, FloatPixels.blank(28, 20, 1)));
  }

  @ParameterizedTest
  @EnumSource(ColourAlignment.class)
  void stripsGiveWhatTheWholeGives(ColourAlignment alignment) {
    FloatPixels input = OPS.bytePicture("pil.x").toUnit();
    FloatPixels decoded = FloatPixels.blank(90, 300, 3);
    for (int i = 0; i < decoded.samples().length; i++) {
      decoded.samples()[i] = (float) (1.1 * Math.sin(i * 0.37) * Math.cos(i * 0.011));
    }
    float[] whole = new AlignmentInStrips(alignment, 90 * 300, SERIAL).align(decoded, 88, 291, input).samples();
    float[] strips = new AlignmentInStrips(alignment, 88 * 70, SERIAL).align(decoded, 88, 291, input).samples();
    assertArrayEquals(whole, strips, 0f);
    FloatPixels unit = decoded.crop(0, 0, 88, 291);
    for (int i = 0; i < unit.samples().length; i++) {
      unit.samples()[i] = Math.clamp(unit.samples()[i] / 2 + 0.5f, 0f, 1f);
    }
    assertArrayEquals(alignment.align(unit, input, SERIAL).samples(), whole, 0f);
  }
}
