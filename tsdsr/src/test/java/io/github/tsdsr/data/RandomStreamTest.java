package io.github.tsdsr.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.tensor.Philox;
import org.junit.jupiter.api.Test;

final class RandomStreamTest {
  @Test
  void itsNumbersAreThePhiloxUniformsOfItsStreamInOrder() {
    double[] want = new double[11];
    Philox.uniform(7, 1L << 63 | 3L << 40 | 5, 0, want);
    RandomStream random = RandomStream.of(7, 3, 5);
    for (double w : want) {
      assertEquals(w, random.uniform());
    }
  }

  @Test
  void otherSeedsEpochsAndIndicesGiveOtherNumbers() {
    double here = RandomStream.of(1, 2, 3).uniform();
    assertNotEquals(here, RandomStream.of(2, 2, 3).uniform());
    assertNotEquals(here, RandomStream.of(1, 3, 3).uniform());
    assertNotEquals(here, RandomStream.of(1, 2, 4).uniform());
    assertThrows(IllegalArgumentException.class, () -> RandomStream.of(1, 1 << 23, 0));
    assertThrows(IllegalArgumentException.class, () -> RandomStream.of(1, 0, 1L << 40));
    assertThrows(IllegalArgumentException.class, () -> RandomStream.numbered(1, -1));
  }

  @Test
  void normalNumbersHaveMeanZeroAndTheirSigma() {
    double[] values = new double[20_001];
    RandomStream.of(1, 0, 0).addNormal(8, values);
    double sum = 0;
    double squares = 0;
    double fourth = 0;
    for (double v : values) {
      sum += v;
      squares += v * v;
      fourth += v * v * v * v;
    }
    int n = values.length;
    assertEquals(0, sum / n, 4 * 8 / Math.sqrt(n));
    assertEquals(64, squares / n, 4 * 64 * Math.sqrt(2.0 / n));
    assertEquals(3, fourth / n / (64 * 64), 0.3);
  }

  @Test
  void wholeNumbersBelowABoundAreAllDrawnAboutEquallyOften() {
    int[] counts = new int[5];
    RandomStream random = RandomStream.of(3, 0, 1);
    for (int i = 0; i < 5000; i++) {
      counts[random.below(5)]++;
    }
    for (int count : counts) {
      assertEquals(1000, count, 120);
    }
    assertTrue(random.chance(1));
  }
}
