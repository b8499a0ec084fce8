package io.github.tsdsr.data.pairs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.data.BatchLoader;
import io.github.tsdsr.data.PairSource;
import io.github.tsdsr.data.pairs.PairFolder.Cache;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.image.ImageFormat;
import io.github.tsdsr.io.image.Images;
import io.github.tsdsr.io.pt.PtWriter;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairCropsTest {
  private static final int WIDTH = 40;
  private static final int HEIGHT = 32;
  private static final int CROP = 16;

  @TempDir
  private Path folder;

  /** Pictures that tell column, row and number of each pixel; the degraded ones are their negatives. */
  private PairFolder pairs(int width, int height) throws IOException {
    for (int n = 0; n < 3; n++) {
      BytePixels clean = BytePixels.blank(width, height, 3);
      BytePixels degraded = BytePixels.blank(width, height, 3);
      for (int i = 0; i < width * height * 3; i++) {
        int[] told = {i / 3 % width, i / 3 / width, n};
        clean.samples()[i] = (byte) told[i % 3];
        degraded.samples()[i] = (byte) (255 - told[i % 3]);
      }
      write("gt", n, clean);
      write("lr_bicubic", n, degraded);
    }
    return PairFolder.open(folder);
  }

  private void write(String of, int n, BytePixels picture) throws IOException {
    Files.createDirectories(folder.resolve(of));
    Images.write(Pictures.image(picture), folder.resolve(of).resolve(n + ".png"), ImageFormat.PNG);
  }

  private void cache(String of, int n, long... shape) throws IOException {
    int count = 1;
    for (long s : shape) {
      count *= (int) s;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = 1000 * n + i;
    }
    Files.createDirectories(folder.resolve(of));
    PtWriter.write(folder.resolve(of).resolve(n + ".pt"), values, shape);
  }

  private static PairCrops crops(PairFolder set, int multiple) throws IOException {
    return new PairCrops(set, 7, 2, CROP, multiple, Set.of());
  }

  private static int at(PairSource.Batch batch, int sample, int pixel, int channel) {
    return Math.round((batch.clean()[(sample * CROP * CROP + pixel) * 3 + channel] + 1) * 127.5f);
  }

  @Test
  void bothPicturesAreCutAndTurnedAlikeAtMultiples() throws IOException {
    PairCrops crops = crops(pairs(WIDTH, HEIGHT), 4);
    Set<String> places = new HashSet<>();
    Set<Integer> corners = new HashSet<>();
    for (int b = 0; b < 40; b++) {
      PairSource.Batch batch = crops.batch(b);
      for (int i = 0; i < batch.clean().length; i++) {
        assertEquals(0, batch.clean()[i] + batch.degraded()[i], 1e-6);
      }
      for (int s = 0; s < 2; s++) {
        int x = WIDTH;
        int y = HEIGHT;
        for (int p = 0; p < CROP * CROP; p++) {
          x = Math.min(x, at(batch, s, p, 0));
          y = Math.min(y, at(batch, s, p, 1));
          assertEquals(at(batch, s, 0, 2), at(batch, s, p, 2), "one picture");
        }
        assertEquals(0, x % 4 + y % 4);
        places.add(x + " " + y);
        // First pixel and its neighbour to the right tell the orientation.
        corners.add(
            8 * (at(batch, s, 0, 0) - x) + 512 * (at(batch, s, 0, 1) - y) + (at(batch, s, 1, 0) == at(batch, s, 0, 0)
                ? 1
                : 0));
      }
    }
    assertEquals(8, corners.size(), "orientations");
    assertTrue(places.size() > 20 && places.size() <= 7 * 5, places.toString());
  }

  @Test
  void everyEpochTakesEachPairOnce() throws IOException {
    PairCrops crops = crops(pairs(WIDTH, HEIGHT), 1);
    Set<Integer> epoch = new HashSet<>();
    epoch.add(at(crops.batch(0), 0, 0, 2));
    epoch.add(at(crops.batch(0), 1, 0, 2));
    epoch.add(at(crops.batch(1), 0, 0, 2));
    assertEquals(Set.of(0, 1, 2), epoch);
  }

  private static List<PairSource.Batch> load(PairFolder set, long first, int threads, int count) throws Exception {
    List<PairSource.Batch> all = new ArrayList<>();
    try (BatchLoader<PairSource.Batch> loader =
        new BatchLoader<>(crops(set, 4)::batch, first, threads, 2 * threads)) {
      for (int i = 0; i < count; i++) {
        all.add(loader.next(first + i));
      }
    }
    return all;
  }

  @Test
  void batchesAreTheSameFromAnywhereAndForAnyNumberOfThreads() throws Exception {
    PairFolder set = pairs(WIDTH, HEIGHT);
    List<PairSource.Batch> one = load(set, 0, 1, 9);
    List<PairSource.Batch> three = load(set, 0, 3, 9);
    List<PairSource.Batch> later = load(set, 5, 2, 4);
    for (int i = 0; i < 9; i++) {
      assertEquals(i, three.get(i).index());
      assertArrayEquals(one.get(i).clean(), three.get(i).clean(), 0f);
      assertArrayEquals(one.get(i).degraded(), three.get(i).degraded(), 0f);
      if (i >= 5) {
        assertArrayEquals(one.get(i).clean(), later.get(i - 5).clean(), 0f);
      }
    }
  }

  @Test
  void wholePicturesStandAsTheirLatentsDo() throws IOException {
    for (int n = 0; n < 3; n++) {
      cache("latent_hr", n, 2, 2, 2);
      cache("prompt_embeds", n, 1, 3, 4);
      cache("pool_embeds", n, 5);
    }
    PairFolder set = pairs(CROP, CROP);
    PairCrops crops = new PairCrops(set, 7, 2, CROP, 4, EnumSet.allOf(Cache.class));
    for (int b = 0; b < 6; b++) {
      PairSource.Batch batch = crops.batch(b);
      PairSource.Stored latents = batch.caches().latents().orElseThrow();
      assertArrayEquals(new long[] {2, 2, 2, 2}, latents.shape());
      assertArrayEquals(new long[] {2, 3, 4}, batch.caches().tokens().orElseThrow().shape());
      assertArrayEquals(new long[] {2, 5}, batch.caches().pooled().orElseThrow().shape());
      for (int s = 0; s < 2; s++) {
        assertEquals("0 0 1 0", at(batch, s, 0, 0) + " " + at(batch, s, 0, 1) + " " + at(batch, s, 1, 0) + " "
            + at(batch, s, 1, 1));
        int n = at(batch, s, 0, 2);
        assertEquals(1000 * n + 7, latents.values()[8 * s + 7]);
        assertEquals(1000 * n + 11, batch.caches().tokens().get().values()[12 * s + 11]);
        assertEquals(1000 * n + 4, batch.caches().pooled().get().values()[5 * s + 4]);
      }
    }
    crops.expect(Cache.PROMPTS, PairCrops.ANY, 4);
    String message =
        assertThrows(FormatException.class, () -> crops.expect(Cache.LATENTS, 3, 2, 2)).getMessage();
    GoldenFiles.assertOneLine(message, "0.pt", "[2, 2, 2]", "expected [3, 2, 2]");

    cache("pool_embeds", 1, 6);
    message = assertThrows(FormatException.class, () -> {
      crops.batch(0);
      crops.batch(1);
    }).getMessage();
    GoldenFiles.assertOneLine(message, "1.pt", "[6]", "expected [5]");
    assertThrows(IllegalArgumentException.class,
        () -> new PairCrops(set, 7, 2, CROP / 2, 4, EnumSet.of(Cache.LATENTS)));
  }

  @Test
  void aSetThatWasMadeAgainHasAnotherFingerprint() throws IOException {
    PairFolder set = pairs(WIDTH, HEIGHT);
    String before = set.fingerprint(Set.of());
    assertTrue(before.startsWith("3 pairs of 40x32, "), before);
    assertEquals(before, PairFolder.open(folder).fingerprint(Set.of()));
    write("lr_bicubic", 1, BytePixels.blank(WIDTH, HEIGHT, 3));
    assertFalse(before.equals(PairFolder.open(folder).fingerprint(Set.of())));
  }
}
