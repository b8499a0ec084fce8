package io.github.tsdsr.data.pairs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.data.pairs.PairFolder.Cache;
import io.github.tsdsr.infer.TestPictures;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.image.ImageFormat;
import io.github.tsdsr.io.image.Images;
import io.github.tsdsr.io.pt.PtWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairFolderTest {
  @TempDir
  private Path folder;

  private void picture(String name, int width, int height) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Images.write(TestPictures.image(width, height), file, ImageFormat.ofName(name).orElseThrow());
  }

  private void pairs() throws IOException {
    for (String name : List.of("b", "a", "c")) {
      picture("gt/" + name + ".png", 16, 12);
      picture("lr_bicubic/" + name + (name.equals("c") ? ".jpg" : ".png"), 16, 12);
    }
    Files.createDirectory(folder.resolve("prompt_txt"));
  }

  private void cache(String of, float[] values, long... shape) throws IOException {
    for (String name : List.of("a", "b", "c")) {
      Files.createDirectories(folder.resolve(of));
      PtWriter.write(folder.resolve(of).resolve(name + ".pt"), values, shape);
    }
  }

  private void refused(String words) {
    String message = assertThrows(FormatException.class, () -> PairFolder.open(folder)).getMessage();
    GoldenFiles.assertOneLine(message, folder.toString(), words);
  }

  @Test
  void pairsComeInTheOrderOfTheirNames() throws IOException {
    pairs();
    PairFolder set = PairFolder.open(folder);
    assertEquals(3, set.size());
    assertEquals("16x12", set.width() + "x" + set.height());
    assertEquals("a", set.name(0));
    PairFolder.Pair pair = set.read(1);
    assertEquals("b", pair.name());
    assertTrue(TestPictures.rgb(16, 12).sameAs(pair.clean()));
    assertFalse(set.has(Cache.LATENTS));
    assertThrows(IllegalArgumentException.class, () -> set.cached(Cache.LATENTS, 0));
  }

  @Test
  void cachesAreReadWithOrWithoutABatch() throws IOException {
    pairs();
    cache("latent_hr", new float[] {1, 2, 3, 4}, 1, 2, 2);
    cache("prompt_embeds", new float[] {1, 2, 3, 4, 5, 6}, 1, 2, 3);
    cache("pool_embeds", new float[] {5, 6}, 2);
    PairFolder set = PairFolder.open(folder);
    assertArrayEquals(new long[] {1, 2, 2}, set.cached(Cache.LATENTS, 0).shape());
    assertArrayEquals(new long[] {2, 3}, set.cached(Cache.PROMPTS, 2).shape());
    assertArrayEquals(new float[] {5, 6}, set.cached(Cache.POOLED, 1).values());
    cache("pool_embeds", new float[] {5, 6}, 1, 1, 2);
    String message = assertThrows(FormatException.class, () -> set.cached(Cache.POOLED, 1)).getMessage();
    assertTrue(message.contains("b.pt: a tensor") && message.contains("expected 1 axes"), message);
  }

  @Test
  void whatDoesNotBelongTogetherIsNamed() throws IOException {
    refused("no gt/ here; expected a training set with gt/ and lr_bicubic/");
    pairs();
    cache("latent_hr", new float[] {1}, 1, 1, 1);
    Files.delete(folder.resolve("latent_hr/c.pt"));
    refused("latent_hr: no c.pt, which " + folder.resolve("gt/c.png") + " belongs to");
    picture("lr_bicubic/b.png", 16, 13);
    refused("b.png: 16x13, expected 16x12 as " + folder.resolve("gt/a.png") + " has");
    picture("lr_bicubic/d.png", 16, 12);
    refused("gt: no picture d, which " + folder.resolve("lr_bicubic/d.png") + " belongs to");
    Files.delete(folder.resolve("lr_bicubic/b.png"));
    refused("lr_bicubic: no picture b, which " + folder.resolve("gt/b.png") + " belongs to");
    picture("gt/b.jpg", 16, 12);
    refused("b.png: the name of b.jpg but for the ending");
  }

  @Test
  void aPictureThatChangesItsSizeLaterIsNoticed() throws IOException {
    pairs();
    PairFolder set = PairFolder.open(folder);
    picture("gt/a.png", 20, 12);
    assertTrue(assertThrows(FormatException.class, () -> set.read(0)).getMessage()
        .endsWith("a.png: 20x12 now, was 16x12 when the set was opened"));
  }

  @Test
  void everyEpochTakesEachPairOnceInAnotherOrder() {
    PairBatches batches = new PairBatches(10, 5, 4);
    Set<List<Integer>> orders = new HashSet<>();
    int[] taken = new int[40];
    for (int b = 0; b < 10; b++) {
      System.arraycopy(batches.batch(b), 0, taken, 4 * b, 4);
    }
    for (int epoch = 0; epoch < 4; epoch++) {
      int[] order = Arrays.copyOfRange(taken, 10 * epoch, 10 * epoch + 10);
      assertEquals(10, Arrays.stream(order).distinct().count());
      orders.add(Arrays.stream(order).boxed().toList());
    }
    assertEquals(4, orders.size());
    // From anywhere on the same.
    assertArrayEquals(Arrays.copyOfRange(taken, 28, 32), new PairBatches(10, 5, 4).batch(7));
    assertThrows(IllegalArgumentException.class, () -> new PairBatches(0, 5, 4));
  }
}
