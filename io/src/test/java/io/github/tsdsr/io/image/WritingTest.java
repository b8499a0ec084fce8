package io.github.tsdsr.io.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WritingTest {
  @TempDir
  private Path folder;

  private static Image noise(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    new Random(7).nextBytes(rgb);
    return Image.ofRgb(width, height, rgb);
  }

  /** Slow waves of colour, which JPEG keeps well. */
  private static Image waves(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) {
      int x = i / 3 % width;
      int y = i / 3 / width;
      rgb[i] = (byte) (128 + 100 * Math.sin(x / 9.0 + i % 3 * 2) * Math.cos(y / 11.0));
    }
    return Image.ofRgb(width, height, rgb);
  }

  private static Image withNoisyAlpha(Image image) {
    byte[] alpha = new byte[image.width() * image.height()];
    new Random(8).nextBytes(alpha);
    return image.withAlpha(alpha);
  }

  private static Optional<byte[]> profile(String name) {
    return Optional.of(GoldenImages.bytes(name));
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.toList();
    }
  }

  private static Image wideNoise(int width, int height) {
    Random random = new Random(9);
    float[] rgb = new float[3 * width * height];
    float[] alpha = new float[width * height];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = random.nextFloat();
      alpha[i / 3] = random.nextFloat();
    }
    return Image.ofUnit(width, height, rgb, Optional.of(alpha), 16);
  }

  @ParameterizedTest
  @CsvSource({"PNG,1,1", "PNG,3,2", "PNG,17,31", "PNG,64,48", "TIFF,1,1", "TIFF,3,2", "TIFF,17,31", "TIFF,64,48"})
  void pngAndTiffKeepEverySampleAlphaAndProfile(ImageFormat format, int width, int height) throws IOException {
    Path file = folder.resolve("a");
    Image wide = wideNoise(width, height);
    for (Image image : List.of(noise(width, height), withNoisyAlpha(noise(width, height)),
        withNoisyAlpha(noise(width, height)).withIccProfile(profile("p3.icc")), wide, wide.withoutAlpha(),
        wide.withIccProfile(profile("p3.icc")))) {
      Images.write(image, file, format);
      assertEquals(image, Images.read(file));
      assertEquals(new ImageInfo(format, width, height, 1), Images.probe(file));
      assertEquals(List.of(file), files());
    }
  }

  @Test
  void tiffIsSmallerThanItsSamples() throws IOException {
    Path file = folder.resolve("a.tif");
    Images.write(waves(200, 100), file, ImageFormat.TIFF);
    assertTrue(Files.size(file) < 200 * 100 * 3 * 0.6, Files.size(file) + " bytes");
  }

  @Test
  void whatPillowReadOfTheGoldenFilesSurvivesWriting() throws IOException {
    Path file = folder.resolve("a.png");
    for (String name : List.of("rgba8.png", "lossless_alpha.webp", "cmyk.jpg", "palette4_trns.png")) {
      Image image = Images.read(GoldenImages.bytes(name), name);
      Images.write(image, file, ImageFormat.PNG);
      assertEquals(image, Images.read(file));
    }
  }

  @ParameterizedTest
  @CsvSource({"100,5", "95,6", "75,16"})
  void jpegComesCloseByItsQuality(int quality, int tolerance) throws IOException {
    Path file = folder.resolve("a.jpg");
    Image image = waves(50, 35);
    Images.write(image, file, ImageFormat.JPEG, quality);
    Image got = Images.read(file);
    assertEquals(ImageFormat.JPEG, Images.probe(file).format());
    byte[] want = image.rgb();
    byte[] rgb = got.rgb();
    for (int i = 0; i < want.length; i++) {
      int off = Math.abs((want[i] & 0xFF) - (rgb[i] & 0xFF));
      assertTrue(off <= tolerance, "sample " + i + " off by " + off);
    }
  }

  @ParameterizedTest
  @CsvSource({"89,2", "90,1"})
  void jpegKeepsColourAtFullResolutionFromQuality90On(int quality, int sampling) throws IOException {
    Path file = folder.resolve("a.jpg");
    Images.write(waves(32, 32), file, ImageFormat.JPEG, quality);
    byte[] bytes = Files.readAllBytes(file);
    int frame = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\u00ff\u00c0");
    assertEquals(sampling << 4 | sampling, bytes[frame + 11], "sampling factors of luma");
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 70_000, 200_000})
  void jpegCarriesProfilesOfAnyLengthInParts(int length) throws IOException {
    byte[] icc = Arrays.copyOf(GoldenImages.bytes("p3.icc"), length);
    Path file = folder.resolve("a.jpg");
    Images.write(waves(20, 10).withIccProfile(Optional.of(icc)), file, ImageFormat.JPEG);
    assertArrayEquals(icc, Images.read(file).iccProfile().orElseThrow());
  }

  @Test
  void jpegBlendsTransparencyWithWhite() throws IOException {
    byte[] alpha = new byte[64];
    byte[] rgb = new byte[3 * 64];
    Path file = folder.resolve("a.jpg");
    Images.write(Image.ofRgb(8, 8, rgb).withAlpha(alpha), file, ImageFormat.JPEG, 100);
    assertEquals(255, Images.read(file).rgb()[0] & 0xFF);
    Arrays.fill(alpha, (byte) 128);
    Images.write(Image.ofRgb(8, 8, rgb).withAlpha(alpha), file, ImageFormat.JPEG, 100);
    assertEquals(127, Images.read(file).rgb()[0] & 0xFF);
  }

  @Test
  void jpegHasTheNearest8BitsOf16() throws IOException {
    Image image = wideNoise(8, 5).withoutAlpha();
    Images.write(image, folder.resolve("wide.jpg"), ImageFormat.JPEG);
    Images.write(image.rounded(), folder.resolve("rounded.jpg"), ImageFormat.JPEG);
    assertEquals(Images.read(folder.resolve("rounded.jpg")), Images.read(folder.resolve("wide.jpg")));
  }

  @Test
  void orientationIsAppliedWhenWriting() throws IOException {
    Path file = folder.resolve("a.png");
    Image image = noise(5, 3).withOrientation(6);
    Images.write(image, file, ImageFormat.PNG);
    assertEquals(image.upright(), Images.read(file));
  }

  @ParameterizedTest
  @EnumSource(value = ImageFormat.class, names = {"PNG", "JPEG", "TIFF"}, mode = EnumSource.Mode.EXCLUDE)
  void formatsThatAreOnlyReadAreRefused(ImageFormat format) throws IOException {
    assertFalse(format.isWritable());
    assertThrows(
        IllegalArgumentException.class, () -> Images.write(noise(2, 2), folder.resolve("a"), format));
    assertEquals(List.of(), files());
  }

  @Test
  void whatJpegCannotHoldIsRefusedBeforeAFileIsMade() throws IOException {
    Path file = folder.resolve("a.jpg");
    assertThrows(IllegalArgumentException.class, () -> Images.write(noise(65501, 1), file, ImageFormat.JPEG));
    assertThrows(IllegalArgumentException.class, () -> Images.write(noise(1, 1), file, ImageFormat.JPEG, 0));
    assertThrows(IllegalArgumentException.class, () -> Images.write(noise(1, 1), file, ImageFormat.JPEG, 101));
    assertEquals(List.of(), files());
  }

  @Test
  void aWriteThatFailsLeavesNothing() throws IOException {
    assertThrows(NoSuchFileException.class,
        () -> Images.write(noise(2, 2), folder.resolve("none/a.png"), ImageFormat.PNG));
    Path taken = Files.createDirectories(folder.resolve("taken.png/inside"));
    assertThrows(IOException.class, () -> Images.write(noise(2, 2), taken.getParent(), ImageFormat.PNG));
    assertEquals(List.of(taken.getParent()), files());
  }

  @Test
  void anOldFileIsReplacedAsAWhole() throws IOException {
    Path file = folder.resolve("a.png");
    Images.write(noise(64, 64), file, ImageFormat.PNG);
    Images.write(noise(2, 2), file, ImageFormat.PNG);
    assertEquals(noise(2, 2), Images.read(file));
  }

  @Test
  void threadsDoNotDisturbEachOther() throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      List<Callable<Image>> work = Stream.of("rgb8.png", "420.jpg", "lossy.webp", "lossless.webp", "rgb16.tif",
          "palette.gif", "rgb24.bmp").flatMap(file -> Stream.generate(() -> file).limit(20))
          .<Callable<Image>>map(file -> () -> Images.read(GoldenImages.bytes(file), file)).toList();
      List<Future<Image>> done = pool.invokeAll(work);
      for (int i = 0; i < work.size(); i++) {
        assertEquals(work.get(i).call(), done.get(i).get());
      }
    }
  }
}
