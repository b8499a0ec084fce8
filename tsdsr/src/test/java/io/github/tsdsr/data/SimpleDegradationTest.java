package io.github.tsdsr.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.golden.GoldenPictures;
import io.github.tsdsr.infer.resize.PillowFilter;
import io.github.tsdsr.infer.resize.PillowResize;
import io.github.tsdsr.metrics.Luma;
import io.github.tsdsr.metrics.Psnr;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.RowLoop;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SimpleDegradationTest {
  private static final BytePixels PHOTO = GoldenPictures.png("metrics/pair2_ref.png");
  private static final Range ONE = Range.exactly(1);

  @Test
  void withoutBlurAndNoiseOnlyTheBicubicStepAndALittleJpegRemain() {
    BytePixels want = PillowResize.resize(PHOTO, 40, 40, PillowFilter.BICUBIC, RowLoop.serial());
    BytePixels got = new SimpleDegradation(0, ONE, 4, Range.exactly(0), Range.exactly(100)).degrade(PHOTO, stream(1));
    assertTrue(Psnr.of(got, want, Luma.YCBCR) > 45);
  }

  @Test
  void theNoiseHasItsSigma() {
    BytePixels grey = BytePixels.blank(512, 512, 3);
    Arrays.fill(grey.samples(), (byte) 128);
    BytePixels got = new SimpleDegradation(0, ONE, 4, Range.exactly(8), Range.exactly(100)).degrade(grey, stream(2));
    double[] luma = Luma.YIQ.rounded(got);
    double mean = Arrays.stream(luma).average().orElseThrow();
    double variance = Arrays.stream(luma).map(v -> (v - mean) * (v - mean)).average().orElseThrow();
    // Luma of independent noise: sigma times the length of (.299, .587, .114); JPEG and rounding add a little.
    double sigma = 8 * Math.sqrt(0.299 * 0.299 + 0.587 * 0.587 + 0.114 * 0.114);
    assertEquals(128, mean, 0.3);
    assertEquals(sigma, Math.sqrt(variance), 0.2);
  }

  @Test
  void everyStepMakesThePictureWorse() {
    BytePixels small = PillowResize.resize(PHOTO, 40, 40, PillowFilter.BICUBIC, RowLoop.serial());
    SimpleDegradation none = new SimpleDegradation(0, ONE, 4, Range.exactly(0), Range.exactly(95));
    SimpleDegradation blur = new SimpleDegradation(1, Range.exactly(3), 4, Range.exactly(0), Range.exactly(95));
    SimpleDegradation noise = new SimpleDegradation(0, ONE, 4, Range.exactly(10), Range.exactly(95));
    SimpleDegradation jpeg = new SimpleDegradation(0, ONE, 4, Range.exactly(0), Range.exactly(30));
    double least = psnr(none, small) - 3;
    assertTrue(psnr(blur, small) < least);
    assertTrue(psnr(noise, small) < least);
    assertTrue(psnr(jpeg, small) < least);
  }

  private static double psnr(SimpleDegradation degradation, BytePixels small) {
    return Psnr.of(degradation.degrade(PHOTO, stream(3)), small, Luma.YCBCR);
  }

  @Test
  void theSameStreamGivesTheSameBytesAndAnotherOthers() {
    SimpleDegradation d = new SimpleDegradation(0.5, new Range(0.3, 1.5), 4, new Range(0, 15), new Range(60, 95));
    assertTrue(d.degrade(PHOTO, stream(4)).sameAs(d.degrade(PHOTO, stream(4))));
    assertFalse(d.degrade(PHOTO, stream(4)).sameAs(d.degrade(PHOTO, stream(5))));
  }

  @Test
  void impossibleParametersAndPicturesAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new SimpleDegradation(2, ONE, 4, ONE, ONE));
    assertThrows(IllegalArgumentException.class, () -> new SimpleDegradation(1, new Range(0, 1), 4, ONE, ONE));
    assertThrows(IllegalArgumentException.class, () -> new SimpleDegradation(0, ONE, 4, ONE, new Range(60.2, 60.8)));
    assertThrows(IllegalArgumentException.class, () -> new SimpleDegradation(0, ONE, 4, ONE, new Range(60, 101)));
    assertThrows(IllegalArgumentException.class, () -> new Range(2, 1));
    assertEquals("a picture of 30x40 with 3 channels: expected RGB and sides that are multiples of 4",
        assertThrows(IllegalArgumentException.class,
            () -> SimpleDegradation.validation().degrade(BytePixels.blank(30, 40, 3), stream(1))).getMessage());
  }

  @ParameterizedTest
  @CsvSource({"75, 8, 9", "50, 16, 17", "90, 3, 3", "20, 40, 43"})
  void jpegTablesAreThoseOfTheIndependentGroupAndColourIsHalved(int quality, int firstLuma, int firstChroma) {
    byte[] jpeg = Jpeg.encode(PHOTO, quality);
    assertEquals(firstLuma, jpeg[marker(jpeg, 0xDB, 0) + 5]);
    assertEquals(firstChroma, jpeg[marker(jpeg, 0xDB, 1) + 5]);
    int frame = marker(jpeg, 0xC0, 0);
    assertEquals(0x22, jpeg[frame + 11]);
    assertEquals(0x11, jpeg[frame + 14]);
  }

  private static int marker(byte[] jpeg, int code, int skip) {
    int seen = 0;
    for (int i = 0; i + 1 < jpeg.length; i++) {
      if (jpeg[i] == (byte) 0xFF && jpeg[i + 1] == (byte) code && seen++ == skip) {
        return i;
      }
    }
    throw new AssertionError("marker " + Integer.toHexString(code));
  }

  @Test
  void jpegKeepsTheOrderOfChannels() {
    BytePixels red = BytePixels.blank(32, 16, 3);
    for (int i = 0; i < red.samples().length; i += 3) {
      red.samples()[i] = (byte) 200;
      red.samples()[i + 2] = 40;
    }
    BytePixels got = Jpeg.roundTrip(red, 95);
    assertEquals(200, got.at(9, 9, 0), 3);
    assertEquals(0, got.at(9, 9, 1), 3);
    assertEquals(40, got.at(9, 9, 2), 3);
    assertThrows(IllegalArgumentException.class, () -> Jpeg.encode(red, 0));
  }

  @Test
  void theBlurOfAPointIsTheGaussian() {
    BytePixels point = BytePixels.blank(31, 31, 3);
    point.samples()[(15 * 31 + 15) * 3 + 1] = (byte) 255;
    BytePixels got = GaussianBlur.blur(point, 1.2);
    double norm = 0;
    for (int i = -4; i <= 4; i++) {
      norm += Math.exp(-i * i / 2.88);
    }
    for (int y = 10; y <= 20; y++) {
      for (int x = 10; x <= 20; x++) {
        double want = Math.max(Math.abs(x - 15), Math.abs(y - 15)) > 4 ? 0
            : 255 * Math.exp(-((x - 15) * (x - 15) + (y - 15) * (y - 15)) / 2.88) / (norm * norm);
        assertEquals(want, got.at(x, y, 1), 0.51);
        assertEquals(0, got.at(x, y, 0));
      }
    }
  }

  @Test
  void aFlatPictureStaysFlatUnderBlurUpToItsEdges() throws Exception {
    BytePixels flat = TestPhotos.decode(Path.of("20-9-flat"));
    assertArrayEquals(flat.samples(), GaussianBlur.blur(flat, 4).samples());
  }

  @Test
  void colourAugmentationWithoutFactorsOnlyReordersChannels() {
    ColourAugmentation reorder = new ColourAugmentation(1, ONE, Range.exactly(0), 0, ONE);
    ColourAugmentation invert = new ColourAugmentation(1, ONE, Range.exactly(0), 1, ONE);
    for (int k = 0; k < 20; k++) {
      BytePixels a = reorder.apply(PHOTO, stream(k));
      BytePixels b = invert.apply(PHOTO, stream(k));
      for (int i = 0; i < 3000; i += 3) {
        assertArrayEquals(sorted(PHOTO, i), sorted(a, i));
        for (int c = 0; c < 3; c++) {
          assertEquals(255, (a.samples()[i + c] & 0xFF) + (b.samples()[i + c] & 0xFF));
        }
      }
    }
    assertSame(PHOTO, ColourAugmentation.none().apply(PHOTO, stream(1)));
  }

  private static int[] sorted(BytePixels x, int at) {
    int[] out = {x.samples()[at] & 0xFF, x.samples()[at + 1] & 0xFF, x.samples()[at + 2] & 0xFF};
    Arrays.sort(out);
    return out;
  }

  @Test
  void saturationZeroLeavesGrey() {
    ColourAugmentation grey = new ColourAugmentation(1, ONE, Range.exactly(0), 0, Range.exactly(0));
    int grown = 0;
    for (int k = 0; k < 40; k++) {
      BytePixels x = grey.apply(PHOTO, stream(k));
      grown += x.at(5, 5, 0) == x.at(5, 5, 1) && x.at(90, 70, 1) == x.at(90, 70, 2) ? 1 : 0;
    }
    assertEquals(20, grown, 12);
  }

  private static RandomStream stream(long index) {
    return RandomStream.of(11, 0, index);
  }
}
