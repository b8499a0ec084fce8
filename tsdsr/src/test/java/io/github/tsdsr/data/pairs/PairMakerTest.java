package io.github.tsdsr.data.pairs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.data.ColourAugmentation;
import io.github.tsdsr.data.CropSampler;
import io.github.tsdsr.data.PhotoLibrary;
import io.github.tsdsr.data.RandomStream;
import io.github.tsdsr.data.degrade.RealEsrgan;
import io.github.tsdsr.data.pairs.PairMaker.Selection;
import io.github.tsdsr.infer.TestPictures;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.file.FolderLock;
import io.github.tsdsr.io.image.ImageFormat;
import io.github.tsdsr.io.image.Images;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PairMakerTest {
  private static final Selection GRID = new Selection.Grid(Integer.MAX_VALUE);

  /** Remembers what it is told. */
  private static final class Heard implements PairMaker.Listener {
    private final List<String> leftOut = new ArrayList<>();
    private int done;
    private int all;

    @Override
    public synchronized void progress(int doneNow, int allNow) {
      done = Math.max(done, doneNow);
      all = allNow;
    }

    @Override
    public synchronized void leftOut(Path photo, String reason, boolean failure) {
      leftOut.add((failure ? "failed " : "small ") + photo.getFileName());
    }
  }

  private final Heard heard = new Heard();
  @TempDir
  private Path folder;
  private Path photos;

  @BeforeEach
  void photos() throws IOException {
    photos = Files.createDirectory(folder.resolve("photos"));
    photo("a.png", 70, 40);
    photo("b.jpg", 33, 65);
    photo("c.png", 32, 32);
    photo("small.png", 90, 31);
  }

  private void photo(String name, int width, int height) throws IOException {
    Images.write(TestPictures.image(width, height), photos.resolve(name), ImageFormat.ofName(name).orElseThrow());
  }

  private PairMaker.Result make(String set, Selection selection, long seed, int threads) throws IOException {
    PairMaker.Settings settings = new PairMaker.Settings(32, selection, RealEsrgan.published(), seed);
    return PairMaker.make(photos, folder.resolve(set), settings, threads, heard);
  }

  private Map<String, byte[]> files(String set) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(folder.resolve(set))) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(folder.resolve(set).relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
      }
    }
    return files;
  }

  private static void assertSame(Map<String, byte[]> want, Map<String, byte[]> got) {
    assertEquals(want.keySet(), got.keySet());
    want.forEach((name, bytes) -> assertArrayEquals(bytes, got.get(name), name));
  }

  @Test
  void aGridsPairsAreTheSameForAnyNumberOfThreads() throws IOException {
    assertEquals(new PairMaker.Result(5, 5), make("one", GRID, 3, 1));
    assertEquals(List.of("small small.png"), heard.leftOut);
    assertEquals(4, heard.done);
    assertEquals(4, heard.all);
    Map<String, byte[]> one = files("one");
    assertEquals(List.of(".lock", "gt/a_0_0.png", "gt/a_32_0.png", "gt/b_0_0.png", "gt/b_0_32.png", "gt/c_0_0.png",
        "lr_bicubic/a_0_0.png", "lr_bicubic/a_32_0.png", "lr_bicubic/b_0_0.png", "lr_bicubic/b_0_32.png",
        "lr_bicubic/c_0_0.png", "prepare.json"), List.copyOf(one.keySet()));
    for (int threads : new int[] {2, 5}) {
      make("several" + threads, GRID, 3, threads);
      assertSame(one, files("several" + threads));
    }
    BytePixels clean = Pictures.readRgb(folder.resolve("one/gt/a_32_0.png"));
    assertTrue(TestPictures.rgb(70, 40).crop(32, 0, 32, 32).sameAs(clean));
  }

  @Test
  void drawnPairsAreTheSameForAnyNumberOfThreadsAndThoseOfTrainingOnTheFly() throws IOException {
    Selection drawn = new Selection.Drawn(6);
    assertEquals(new PairMaker.Result(6, 6), make("one", drawn, 3, 1));
    Map<String, byte[]> one = files("one");
    for (int threads : new int[] {2, 5}) {
      make("several" + threads, drawn, 3, threads);
      assertSame(one, files("several" + threads));
    }
    PhotoLibrary library =
        PhotoLibrary.open(PhotoLibrary.filesIn(photos), Pictures::readRgb, 32, 1 << 20, 1);
    BytePixels want = CropSampler.ofTwo(32, ColourAugmentation.none()).draw(library, RandomStream.of(3, 0, 4));
    assertTrue(want.sameAs(Pictures.readRgb(folder.resolve("one/gt/000004.png"))));
  }

  @Test
  void whatIsMissingIsMadeAgainAndNothingElse() throws IOException {
    make("set", GRID, 3, 2);
    Map<String, byte[]> whole = files("set");
    Files.delete(folder.resolve("set/gt/a_0_0.png"));
    Files.delete(folder.resolve("set/lr_bicubic/c_0_0.png"));
    // As a killed process leaves it.
    Path half = folder.resolve("set/gt/.b_0_0.png.8f14e45f-ceea-467f-ab12-000000000001.tmp");
    Files.writeString(half, "half");
    Path mark = folder.resolve("set/gt/b_0_0.png");
    Files.writeString(mark, "left as it is");
    assertEquals(new PairMaker.Result(5, 2), make("set", GRID, 3, 2));
    assertEquals("left as it is", Files.readString(mark));
    Files.write(mark, whole.get("gt/b_0_0.png"));
    assertSame(whole, files("set"));
    assertEquals(new PairMaker.Result(5, 0), make("set", GRID, 3, 1));
  }

  @Test
  void aGridGrowsWithItsPhotosAndWithTheNumberOfCells() throws IOException {
    assertEquals(new PairMaker.Result(3, 3), make("set", new Selection.Grid(1), 3, 1));
    photo("d.png", 40, 40);
    assertEquals(new PairMaker.Result(6, 3), make("set", GRID, 3, 1));
    make("fresh", GRID, 3, 1);
    assertSame(files("fresh"), files("set"));
  }

  @Test
  void theMostDetailedCellsGoFirst() throws IOException {
    BytePixels flat = BytePixels.blank(96, 32, 3);
    for (int i = 64 * 3; i < 96 * 3; i++) {
      flat.samples()[10 * 96 * 3 + i] = (byte) (i * 37);
    }
    Files.delete(photos.resolve("a.png"));
    Images.write(Pictures.image(flat), photos.resolve("a.png"), ImageFormat.PNG);
    make("set", new Selection.Grid(1), 3, 1);
    assertTrue(Files.exists(folder.resolve("set/gt/a_64_0.png")));
  }

  @Test
  void aSetIsOnlyContinuedAsItWasBegun() throws IOException {
    make("set", GRID, 3, 1);
    refused("set", GRID, 4, "was begun with seed 3, now 4: name another folder");
    refused("set", new Selection.Drawn(2), 3, "was begun with crops grid, now drawn from 3 photos, ");
    make("drawn", new Selection.Drawn(2), 3, 1);
    photo("d.png", 40, 40);
    refused("drawn", new Selection.Drawn(2), 3, "was begun with crops drawn from 3 photos, ");
    Files.createDirectories(folder.resolve("foreign/gt"));
    Files.writeString(folder.resolve("foreign/gt/mine.png"), "mine");
    refused("foreign", GRID, 3, "holds gt/ but no prepare.json");
    try (FolderLock _ = FolderLock.take(folder.resolve("set")).orElseThrow()) {
      refused("set", GRID, 3, "another process writes in this folder");
    }
    photo("d.jpg", 40, 40);
    refused("set", GRID, 3, "d.png: the name of d.jpg but for the ending");
    assertThrows(IllegalArgumentException.class,
        () -> new PairMaker.Settings(30, GRID, RealEsrgan.published(), 1));
    assertThrows(IllegalArgumentException.class,
        () -> new PairMaker.Settings(32, new Selection.Drawn(0), RealEsrgan.published(), 1));
  }

  private void refused(String set, Selection selection, long seed, String words) throws IOException {
    Map<String, byte[]> before = files(set);
    String message = assertThrows(FormatException.class, () -> make(set, selection, seed, 2)).getMessage();
    assertTrue(message.contains(words), message);
    before.remove(".lock");
    Map<String, byte[]> after = files(set);
    after.remove(".lock");
    assertSame(before, after);
  }

  @Test
  void aPhotoThatCannotBeReadIsNamedAndTheOthersAreDone() throws IOException {
    Files.writeString(photos.resolve("bad.png"), "no picture");
    assertEquals(new PairMaker.Result(5, 5), make("grid", GRID, 3, 2));
    assertTrue(heard.leftOut.contains("failed bad.png"));
    assertEquals(new PairMaker.Result(2, 2), make("drawn", new Selection.Drawn(2), 3, 2));
  }
}
