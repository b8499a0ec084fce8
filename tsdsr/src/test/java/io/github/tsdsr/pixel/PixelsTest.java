package io.github.tsdsr.pixel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

final class PixelsTest {
  @Test
  void everyByteSurvivesTheWayThroughFloats() {
    BytePixels all = BytePixels.blank(256, 1, 1);
    for (int i = 0; i < 256; i++) {
      all.samples()[i] = (byte) i;
    }
    for (ByteRounding rule : ByteRounding.values()) {
      assertTrue(all.toUnit().toBytes(rule).sameAs(all), rule.name());
    }
  }

  @Test
  void truncationAndRoundingDifferByWhatLiesAboveALevel() {
    FloatPixels x = new FloatPixels(6, 1, 1,
        new float[] {-1f, 100.4f / 255, 100.6f / 255, 2f, Float.NaN, 254.9f / 255});
    int[] truncated = {0, 100, 100, 255, 0, 254};
    int[] nearest = {0, 100, 101, 255, 0, 255};
    for (int i = 0; i < 6; i++) {
      assertEquals(truncated[i], x.toBytes(ByteRounding.TRUNCATE).at(i, 0, 0));
      assertEquals(nearest[i], x.toBytes(ByteRounding.NEAREST).at(i, 0, 0));
    }
  }

  @Test
  void signedValuesAreHalvedAndShifted() {
    FloatPixels x = new FloatPixels(5, 1, 1, new float[] {-1.5f, -1f, 0f, 0.5f, 1f});
    int[] levels = {0, 0, 127, 191, 255};
    for (int i = 0; i < 5; i++) {
      assertEquals(levels[i], x.signedToBytes(ByteRounding.TRUNCATE).at(i, 0, 0));
    }
    assertEquals(128, x.signedToBytes(ByteRounding.NEAREST).at(2, 0, 0));
  }

  @Test
  void paddingRepeatsTheEdgeAndCroppingTakesItAwayAgain() {
    FloatPixels x = new FloatPixels(2, 2, 2, new float[] {1, 2, 3, 4, 5, 6, 7, 8});
    FloatPixels padded = x.padByEdge(4, 3);
    assertEquals(3, padded.at(3, 0, 0));
    assertEquals(4, padded.at(2, 0, 1));
    assertEquals(5, padded.at(0, 2, 0));
    assertEquals(8, padded.at(3, 2, 1));
    assertEquals(Arrays.toString(x.samples()),
        Arrays.toString(padded.crop(0, 0, 2, 2).samples()));
    assertSame(x, x.padByEdge(2, 2));
    assertThrows(IllegalArgumentException.class, () -> x.padByEdge(1, 2));
  }

  @Test
  void aCropOutsideThePictureIsRefused() {
    BytePixels x = BytePixels.blank(4, 3, 1);
    assertEquals("a crop of 3x2 at (2, 0) does not lie within a picture of 4x3",
        assertThrows(IllegalArgumentException.class, () -> x.crop(2, 0, 3, 2)).getMessage());
    assertThrows(IllegalArgumentException.class, () -> x.crop(0, 0, Integer.MAX_VALUE, 1));
    assertThrows(IllegalArgumentException.class, () -> x.crop(-1, 0, 2, 2));
  }

  @Test
  void samplesThatDoNotFitTheSizeAreRefused() {
    assertEquals("a picture of 2x2 with 3 channels has 12 samples, not 11",
        assertThrows(IllegalArgumentException.class, () -> new BytePixels(2, 2, 3, new byte[11])).getMessage());
    assertThrows(IllegalArgumentException.class, () -> BytePixels.blank(1 << 16, 1 << 16, 4));
  }

  @Test
  void aFailureInABandReachesTheCaller() {
    try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
      RowLoop loop = RowLoop.on(pool, 4);
      assertEquals("row 7", assertThrows(ArithmeticException.class, () -> loop.over(8, (from, to) -> {
        if (to == 8) {
          throw new ArithmeticException("row 7");
        }
      })).getMessage());
    }
  }

  @Test
  void everyRowIsVisitedOnceHoweverManyBandsThereAre() {
    try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
      for (int bands : new int[] {1, 2, 3, 7, 50}) {
        int[] visits = new int[13];
        RowLoop.on(pool, bands).over(13, (from, to) -> {
          for (int y = from; y < to; y++) {
            visits[y]++;
          }
        });
        for (int count : visits) {
          assertEquals(1, count);
        }
      }
    }
  }
}
