package io.github.tsdsr.io.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Kinds of file that the golden data lack. Made with Pillow 13 and libwebp's encoder from a computed pattern; beside each
 * file lies what Pillow decodes it to, as PNG.
 */
class PillowFilesTest {
  static Image read(String file) {
    try (InputStream in = PillowFilesTest.class.getResourceAsStream("/images/" + file)) {
      return Images.read(in, file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // Lossy WebP: both edge filters, sharpened, with four segments; moving: its first frame.
    "simple_filter.webp, 0", "sharp_filter.webp, 0", "moving.webp, 0",
    // Alpha planes: bare, compressed, and smooth enough to be suspicious.
    "alpha_bare_filtered.webp, 0", "alpha_packed_filtered.webp, 0", "alpha_of_one_level.webp, 0",
    // Four inks: Adobe's CMYK with black, the same bytes said to be YCCK, and TIFF's.
    "cmyk_with_black.jpg, 2", "ycck.jpg, 3", "cmyk.tif, 1",
    "palette.tif, 0", "fax4.tif, 0", "jpeg.tif, 2", "big.tif, 0", "bit4.bmp, 0", "alpha32.bmp, 0",
    // A frame of 37x29 at 3,2 of a canvas of 42x33.
    "small_frame.gif, 0"})
  void samplesAreThoseThatPillowReads(String file, int tolerance) {
    Image got = read(file);
    Image want = read(file.replace('.', '_') + ".png");
    assertEquals(want.width() + "x" + want.height(), got.width() + "x" + got.height());
    assertEquals(want.hasAlpha(), got.hasAlpha());
    assertClose(want.rgb(), got.rgb(), tolerance);
    if (want.hasAlpha()) {
      assertClose(want.alpha().orElseThrow(), got.alpha().orElseThrow(), 0);
    }
  }

  private static void assertClose(byte[] want, byte[] got, int tolerance) {
    assertEquals(want.length, got.length);
    for (int i = 0; i < want.length; i++) {
      int off = Math.abs((want[i] & 0xFF) - (got[i] & 0xFF));
      assertTrue(off <= tolerance, "sample " + i + ": " + (got[i] & 0xFF) + ", expected " + (want[i] & 0xFF));
    }
  }
}
