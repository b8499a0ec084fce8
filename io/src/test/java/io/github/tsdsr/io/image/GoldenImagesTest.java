package io.github.tsdsr.io.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.tsdsr.io.FormatException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every file of golden/io/images, against Pillow. */
class GoldenImagesTest {
  private static final long LITTLE_MEMORY = 1 << 20;

  @TestFactory
  Stream<DynamicTest> validFilesHaveTheSamplesThatPillowReads() {
    return GoldenImages.valid().map(c -> DynamicTest.dynamicTest(c.get("file").asText(), () -> checkSamples(c)));
  }

  private static void checkSamples(JsonNode c) {
    String file = c.get("file").asText();
    Image image = read(file);
    assertEquals(c.get("width").asInt() + "x" + c.get("height").asInt(), image.width() + "x" + image.height());
    byte[] want = GoldenImages.bytesOf(file + ".rgb").orElseThrow();
    // Pillow keeps the upper half of 16 bits, except of grey ones, which it rounds.
    boolean halved = image.bitsPerSample() == 16 && GoldenImages.bytesOf(file + ".alpha").isPresent()
        || image.bitsPerSample() == 16 && c.get("pillow_mode").asText().equals("RGB");
    assertClose(want, halved ? image.highBytes().rgb() : image.rgb(), c.get("tolerance").asInt());
    assertEquals(c.get("alpha").asBoolean(), image.hasAlpha());
    if (image.hasAlpha()) {
      assertArrayEquals(GoldenImages.bytesOf(file + ".alpha").orElseThrow(), image.highBytes().alpha().orElseThrow());
    }
    GoldenImages.intsOf(file + ".raw16").ifPresent(raw -> checkRaw(raw, image));
  }

  private static void checkRaw(int[] raw, Image image) {
    assertEquals(16, image.bitsPerSample());
    int pixels = image.width() * image.height();
    int channels = raw.length / pixels;
    int colours = channels <= 2 ? 1 : 3;
    short[] rgb = image.rgb16();
    for (int i = 0; i < rgb.length; i++) {
      int want = raw[i / 3 * channels + (colours == 1 ? 0 : i % 3)];
      assertEquals(want, rgb[i] & 0xFFFF, "sample " + i);
      assertEquals(want / 65535f, image.sample(i / 3 % image.width(), i / 3 / image.width(), i % 3));
    }
    if (channels > colours) {
      short[] alpha = image.alpha16().orElseThrow();
      for (int i = 0; i < pixels; i++) {
        assertEquals(raw[i * channels + colours], alpha[i] & 0xFFFF, "alpha " + i);
      }
    }
  }

  private static void assertClose(byte[] want, byte[] got, int tolerance) {
    assertEquals(want.length, got.length);
    for (int i = 0; i < want.length; i++) {
      int off = Math.abs((want[i] & 0xFF) - (got[i] & 0xFF));
      assertTrue(off <= tolerance, "sample " + i + ": " + (got[i] & 0xFF) + ", expected " + (want[i] & 0xFF));
    }
  }

  private static Image read(String file) {
    return Images.read(GoldenImages.bytes(file), file);
  }

  @ParameterizedTest
  @CsvSource({"exif1.jpg,1", "exif2.jpg,2", "exif3.jpg,3", "exif4.jpg,4", "exif5.jpg,5", "exif6.jpg,6", "exif7.jpg,7",
    "exif8.jpg,8", "exif6.png,6"})
  void orientationIsReadAndAppliedOnRequest(String file, int orientation) throws IOException {
    Image image = read(file);
    assertEquals(orientation, image.orientation());
    Image upright = image.upright();
    assertEquals(1, upright.orientation());
    assertClose(GoldenImages.bytesOf(file + ".upright").orElseThrow(), upright.rgb(), 2);
    ImageInfo info = Images.probe(GoldenImages.path(file));
    assertEquals(upright.width() + "x" + upright.height(), info.uprightWidth() + "x" + info.uprightHeight());
  }

  @Test
  void anOrientationThatThereIsNotShowsThePictureAsStored() {
    assertEquals(1, read("exif9.jpg").orientation());
  }

  @ParameterizedTest
  @CsvSource({"icc_p3.png,p3.icc", "icc_srgb.jpg,srgb.icc", "icc_linear.jpg,linear.icc", "icc_wide22.jpg,wide22.icc"})
  void profilesAreCarriedAlong(String file, String profile) {
    assertArrayEquals(GoldenImages.bytes(profile), read(file).iccProfile().orElseThrow());
  }

  @TestFactory
  Stream<DynamicTest> probingSaysWhatReadingGives() {
    return GoldenImages.valid().map(c -> DynamicTest.dynamicTest(c.get("file").asText(), () -> {
      String file = c.get("file").asText();
      ImageInfo info = Images.probe(GoldenImages.path(file));
      Image image = read(file);
      assertEquals(image.width() + "x" + image.height(), info.width() + "x" + info.height());
      assertEquals(image.orientation(), info.orientation());
      if (!file.equals("jpeg_named.png")) {
        assertEquals(ImageFormat.ofName(file).orElseThrow(), info.format());
      }
    }));
  }

  @TestFactory
  Stream<DynamicTest> malformedFilesAreRefusedInOneLineAndLittleMemory() {
    return GoldenImages.malformed().map(c -> DynamicTest.dynamicTest(c.get("file").asText(), () -> {
      String file = c.get("file").asText();
      byte[] bytes = GoldenImages.bytes(file);
      outcome(bytes, file); // classes are loaded
      long before = allocated();
      FormatException refusal = outcome(bytes, file);
      long taken = allocated() - before;
      assertTrue(taken < LITTLE_MEMORY, taken + " bytes taken");
      if (c.get("must_reject").asBoolean()) {
        assertTrue(refusal != null, "accepted");
      }
      if (refusal != null) {
        assertTrue(refusal.getMessage().startsWith(file + ": "), refusal.getMessage());
        assertFalse(refusal.getMessage().contains("\n"), refusal.getMessage());
      }
    }));
  }

  private static FormatException outcome(byte[] bytes, String file) {
    try {
      Images.read(bytes, file);
      return null;
    } catch (FormatException e) {
      return e;
    }
  }

  private static long allocated() {
    return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bad_crc.png", "bad_chunk_length.png"})
  void damagedChunksAreRefusedThoughOthersAcceptThem(String file) {
    assertThrows(FormatException.class, () -> read(file));
  }

  @Test
  void aMissingEndIsForgivenIfAllPixelsAreThere() {
    assertArrayEquals(GoldenImages.bytesOf("rgb8.png.rgb").orElseThrow(), read("bad_no_iend.png").rgb());
  }

  @Test
  void avifIsRefusedByName() {
    String message = assertThrows(FormatException.class, () -> read("lossy.avif")).getMessage();
    assertEquals("lossy.avif: an AVIF or HEIF picture, expected PNG, JPEG, WebP, TIFF, BMP or GIF", message);
  }
}
