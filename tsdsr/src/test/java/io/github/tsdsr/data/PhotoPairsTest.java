package io.github.tsdsr.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.infer.resize.PillowFilter;
import io.github.tsdsr.infer.resize.PillowResize;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.RowLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PhotoPairsTest {
  private static PhotoPairs pairs(long seed) throws IOException {
    PhotoLibrary library = TestPhotos.library(32, "80-60-x", "32-64-y", "100-40-z");
    PhotoCrops crops = new PhotoCrops(library, CropSampler.ofTwo(32, ColourAugmentation.gentle(0.5)), seed, 3, 10);
    return new PhotoPairs(crops,
        new SimpleDegradation(0.4, new Range(0.3, 1.5), 4, new Range(0, 15), new Range(60, 95)),
        Enlargement.TORCH_BICUBIC);
  }

  private static List<PairSource.Batch> load(long first, int threads, int ahead, int count) throws Exception {
    List<PairSource.Batch> out = new ArrayList<>();
    try (BatchLoader<PairSource.Batch> loader = new BatchLoader<>(pairs(5)::batch, first, threads, ahead)) {
      for (int i = 0; i < count; i++) {
        out.add(loader.next(first + i));
      }
    }
    return out;
  }

  @Test
  void anyNumberOfThreadsAndAnyStartGiveTheSameBatchesInOrder() throws Exception {
    List<PairSource.Batch> one = load(0, 1, 1, 8);
    List<PairSource.Batch> three = load(0, 3, 5, 8);
    List<PairSource.Batch> later = load(6, 2, 4, 2);
    for (int i = 0; i < 8; i++) {
      assertEquals(i, three.get(i).index());
      assertArrayEquals(one.get(i).clean(), three.get(i).clean(), 0f);
      assertArrayEquals(one.get(i).degraded(), three.get(i).degraded(), 0f);
    }
    assertArrayEquals(one.get(6).degraded(), later.get(0).degraded(), 0f);
    assertArrayEquals(one.get(7).clean(), later.get(1).clean(), 0f);
    assertFalse(Arrays.equals(one.get(0).clean(), one.get(1).clean()));
    assertFalse(Arrays.equals(one.get(0).clean(), pairs(6).batch(0).clean()));
  }

  @Test
  void batchesLieInMinusOneToOneAndTheDegradedOneResemblesTheClean() throws Exception {
    PairSource.Batch batch = pairs(5).batch(0);
    assertEquals(3 * 32 * 32 * 3, batch.clean().length);
    double distance = 0;
    double spread = 0;
    for (int i = 0; i < batch.clean().length; i++) {
      assertTrue(Math.abs(batch.clean()[i]) <= 1 && Math.abs(batch.degraded()[i]) <= 1);
      distance += Math.pow(batch.clean()[i] - batch.degraded()[i], 2);
      spread += Math.pow(batch.clean()[i], 2);
    }
    assertTrue(distance > 0 && distance < spread, distance + " of " + spread);
  }

  @Test
  void cleanBatchesAreTheCleanPartOfPairs() throws Exception {
    PhotoPairs pairs = pairs(5);
    assertArrayEquals(pairs.batch(2).clean(), pairs.crops().batch(2).clean(), 0f);
  }

  @Test
  void samplesDependOnEpochAndIndexAndNotOnTheBatchSize() throws Exception {
    PhotoCrops threes = pairs(5).crops();
    PhotoCrops ones = new PhotoCrops(threes.photos(), threes.crops(), 5, 1, 10);
    int each = 32 * 32 * 3;
    assertArrayEquals(Arrays.copyOfRange(threes.batch(3).clean(), 2 * each, 3 * each), ones.batch(11).clean(), 0f);
  }

  @ParameterizedTest
  @EnumSource(Enlargement.class)
  void enlargementKeepsAFlatColourAndClamps(Enlargement enlargement) {
    BytePixels white = BytePixels.blank(8, 8, 3);
    Arrays.fill(white.samples(), (byte) 255);
    white.samples()[100] = 0;
    FloatPixels got = enlargement.toSigned(white, 32, 32);
    assertEquals(1f, got.at(31, 31, 2));
    for (float v : got.samples()) {
      assertTrue(v >= -1 && v <= 1);
    }
  }

  @Test
  void theMoreDetailedOfTwoCropsIsTaken() throws IOException {
    PhotoLibrary library = TestPhotos.library(16, "40-40-flat", "40-40-busy");
    int busy = 0;
    for (int i = 0; i < 400; i++) {
      BytePixels crop = CropSampler.ofTwo(16, ColourAugmentation.none()).draw(library, RandomStream.of(1, 0, i));
      busy += Detail.of(crop, 0, 0, 16, 16) > 0 ? 1 : 0;
    }
    assertEquals(300, busy, 35);
  }

  @Test
  void aShrunkCropShowsALargerPartOfThePhoto() throws IOException {
    PhotoLibrary library = TestPhotos.library(16, "64-64-busy");
    CropSampler.Shrinking half = new CropSampler.Shrinking(1, Range.exactly(0.5));
    CropSampler shrinking = new CropSampler(16, 1, half, ColourAugmentation.none());
    CropSampler whole = new CropSampler(16, 1, CropSampler.Shrinking.NEVER, ColourAugmentation.none());
    BytePixels photo = library.photo(0);
    RandomStream random = RandomStream.of(3, 0, 0);
    BytePixels small = shrinking.draw(library, random);
    assertEquals(16, small.width());
    boolean found = false;
    for (int y = 0; y + 32 <= 64 && !found; y++) {
      for (int x = 0; x + 32 <= 64 && !found; x++) {
        BytePixels shrunk = PillowResize.resize(
            photo.crop(x, y, 32, 32), 16, 16, PillowFilter.BICUBIC, RowLoop.serial());
        for (int o = 0; o < 8; o++) {
          found |= Arrays.equals(CropSampler.oriented(shrunk, o).samples(), small.samples());
        }
      }
    }
    assertTrue(found);
    assertFalse(Arrays.equals(whole.draw(library, RandomStream.of(3, 0, 0)).samples(), small.samples()));
  }

  @Test
  void theEightOrientationsAreDifferentAndMoveEveryPixelOnce() {
    BytePixels x = BytePixels.blank(5, 5, 3);
    for (int i = 0; i < 25; i++) {
      Arrays.fill(x.samples(), 3 * i, 3 * i + 3, (byte) i);
    }
    Set<String> seen = new HashSet<>();
    for (int orientation = 0; orientation < 8; orientation++) {
      byte[] y = CropSampler.oriented(x, orientation).samples();
      seen.add(Arrays.toString(y));
      byte[] sorted = y.clone();
      Arrays.sort(sorted);
      assertArrayEquals(x.samples(), sorted);
    }
    assertEquals(8, seen.size());
  }

  @Test
  void noMoreBatchesAreMadeAheadThanAsked() throws Exception {
    AtomicInteger made = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(5);
    try (BatchLoader<Long> loader = new BatchLoader<>(i -> {
      made.incrementAndGet();
      all.countDown();
      return i;
    }, 0, 3, 4)) {
      assertEquals(0L, loader.next(0));
      assertTrue(all.await(10, TimeUnit.SECONDS));
      Thread.sleep(50);
      assertEquals(5, made.get());
    }
  }

  @Test
  void aFailureArrivesWithItsBatchAndNotBefore() throws Exception {
    try (BatchLoader<Long> loader = new BatchLoader<>(i -> {
      if (i == 2) {
        throw new ArithmeticException("batch 2");
      }
      return i;
    }, 0, 2, 4)) {
      assertEquals(0L, loader.next(0));
      assertEquals(1L, loader.next(1));
      assertEquals("batch 2", assertThrows(ArithmeticException.class, () -> loader.next(2)).getMessage());
      assertThrows(ArithmeticException.class, () -> loader.next(2));
    }
  }

  @Test
  void closingEndsTheThreads() throws Exception {
    List<Thread> threads = new ArrayList<>();
    CountDownLatch started = new CountDownLatch(2);
    BatchLoader<Long> loader = new BatchLoader<>(i -> {
      synchronized (threads) {
        threads.add(Thread.currentThread());
      }
      started.countDown();
      return i;
    }, 0, 2, 8);
    assertTrue(started.await(10, TimeUnit.SECONDS));
    loader.close();
    synchronized (threads) {
      for (Thread thread : threads) {
        thread.join(TimeUnit.SECONDS.toMillis(10));
        assertFalse(thread.isAlive());
      }
    }
    assertEquals("the batch loader is closed",
        assertThrows(IllegalStateException.class, () -> loader.next(0)).getMessage());
  }
}
