package io.github.tsdsr.io.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.nio.ReadOnlyBufferException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageTest {
  private static final byte[] TWO_PIXELS = {1, 2, 3, (byte) 253, (byte) 254, (byte) 255};

  @Test
  void itIsAValueThatNobodyCanChange() {
    byte[] given = TWO_PIXELS.clone();
    Image image = Image.ofRgb(2, 1, given);
    given[0] = 99;
    image.rgb()[0] = 99;
    assertArrayEquals(TWO_PIXELS, image.rgb());
    assertThrows(ReadOnlyBufferException.class, () -> image.rgbView().put(0, (byte) 99));
    assertEquals(Image.ofRgb(2, 1, TWO_PIXELS), image);
    assertEquals(Image.ofRgb(2, 1, TWO_PIXELS).hashCode(), image.hashCode());
    assertNotEquals(Image.ofRgb(1, 2, TWO_PIXELS), image);
  }

  @Test
  void sizesThatDoNotFitAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Image.ofRgb(2, 2, TWO_PIXELS));
    assertThrows(IllegalArgumentException.class, () -> Image.ofRgb(0, 1, new byte[0]));
    assertThrows(IllegalArgumentException.class, () -> Image.ofRgb(-2, -1, TWO_PIXELS));
    // 2^16 * 2^16 * 3 is 0 in 32 bits.
    assertThrows(IllegalArgumentException.class, () -> Image.ofRgb(1 << 16, 1 << 16, new byte[0]));
    assertThrows(IllegalArgumentException.class, () -> Image.ofRgb(2, 1, TWO_PIXELS).withAlpha(new byte[3]));
    assertThrows(IllegalArgumentException.class, () -> Image.ofRgb(2, 1, TWO_PIXELS).withOrientation(9));
    assertThrows(
        IllegalArgumentException.class, () -> Image.ofRgb(2, 1, TWO_PIXELS).withIccProfile(Optional.of(new byte[200])));
  }

  @Test
  void sixteenBitsAreKeptAndRoundedToTheNearestByte() {
    short[] samples = {0, 127, 128, (short) 32767, (short) 32896, (short) 65535};
    Image image = Image.ofRgb16(2, 1, samples);
    assertArrayEquals(samples, image.rgb16());
    // 127 / 257 = 0.494, 128 / 257 = 0.498, 32767 / 257 = 127.498, 32896 / 257 = 128
    assertArrayEquals(new byte[] {0, 0, 0, 127, (byte) 128, (byte) 255}, image.rgb());
    assertArrayEquals(new byte[] {0, 0, 0, 127, (byte) 128, (byte) 255}, image.highBytes().rgb());
    assertEquals(129 / 65535f, Image.ofRgb16(1, 1, new short[] {129, 0, 0}).sample(0, 0, 0));
    assertEquals(1, Image.ofRgb16(1, 1, new short[] {129, 0, 0}).rgb()[0]);
    assertEquals(0, Image.ofRgb16(1, 1, new short[] {129, 0, 0}).highBytes().rgb()[0]);
    for (int v = 0; v < 256; v++) {
      Image bytes = Image.ofRgb(1, 1, new byte[] {(byte) v, (byte) v, (byte) v});
      assertEquals(bytes, Image.ofRgb16(1, 1, bytes.rgb16()).rounded());
    }
  }

  @Test
  void rowsComeAsNumbersFromZeroToOne() {
    Image image = Image.ofRgb(1, 2, TWO_PIXELS);
    float[] to = new float[4];
    image.copyRows(1, 1, to, 1);
    assertArrayEquals(new float[] {0, 253 / 255f, 254 / 255f, 1}, to);
    assertThrows(IndexOutOfBoundsException.class, () -> image.copyRows(1, 2, new float[6], 0));
    assertThrows(IndexOutOfBoundsException.class, () -> image.copyRows(0, 2, new float[5], 0));
  }

  @Test
  void transparencyIsBesideTheColours() {
    Image image = Image.ofRgba(1, 1, new byte[] {10, 20, 30, 0});
    assertTrue(image.hasAlpha());
    assertEquals(0, image.alpha(0, 0));
    assertArrayEquals(new byte[] {10, 20, 30}, image.withoutAlpha().rgb());
    assertFalse(image.withoutAlpha().hasAlpha());
    assertEquals(image, image.withoutAlpha().withAlpha(new byte[] {0}));
    assertEquals(1, image.withoutAlpha().alpha(0, 0));
  }

  @Test
  void turningTakesAlphaAlong() {
    // Stored columns become rows, from the top right: 6.
    Image image = Image.ofRgba(2, 1, new byte[] {1, 1, 1, 10, 2, 2, 2, 20}).withOrientation(6);
    Image upright = image.upright();
    assertEquals(Image.ofRgba(1, 2, new byte[] {1, 1, 1, 10, 2, 2, 2, 20}), upright);
    assertEquals(1, upright.orientation());
  }

  @Test
  void greyRastersAreTakenAsTheyAre() {
    BufferedImage grey = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
    grey.getRaster().setSample(0, 0, 0, 100);
    assertArrayEquals(new byte[] {100, 100, 100}, Image.of(grey).rgb());
    BufferedImage wide = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
    wide.getRaster().setSample(0, 0, 0, 1000);
    assertArrayEquals(new short[] {1000, 1000, 1000}, Image.of(wide).rgb16());
  }

  @ParameterizedTest
  @ValueSource(ints = {BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_INT_BGR, BufferedImage.TYPE_3BYTE_BGR,
    BufferedImage.TYPE_INT_ARGB, BufferedImage.TYPE_4BYTE_ABGR, BufferedImage.TYPE_INT_ARGB_PRE})
  void everyOrderOfBandsGivesTheSameColours(int type) {
    BufferedImage image = new BufferedImage(3, 2, type);
    image.setRGB(2, 1, 0xFF0A141E);
    Image got = Image.of(image);
    assertEquals(10 / 255f, got.sample(2, 1, 0));
    assertEquals(20 / 255f, got.sample(2, 1, 1));
    assertEquals(30 / 255f, got.sample(2, 1, 2));
    assertEquals(1, got.alpha(2, 1));
  }

  @Test
  void multipliedColoursAreDividedByAlpha() {
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB_PRE);
    image.getRaster().setPixel(0, 0, new int[] {50, 100, 25, 100});
    Image got = Image.of(image);
    assertArrayEquals(new byte[] {(byte) 128, (byte) 255, 64, 0, 0, 0}, got.rgb());
    assertArrayEquals(new byte[] {100, 0}, got.alpha().orElseThrow());
  }

  @Test
  void fiveBitsAreStretchedToEight() {
    BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_565_RGB);
    image.getRaster().setPixel(0, 0, new int[] {31, 63, 16});
    assertArrayEquals(new byte[] {(byte) 255, (byte) 255, (byte) 132}, Image.of(image).rgb());
  }

  @Test
  void palettesGiveTheirColours() {
    IndexColorModel palette = new IndexColorModel(1, 2, new byte[] {1, 4}, new byte[] {2, 5}, new byte[] {3, 6}, 1);
    BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_BINARY, palette);
    image.getRaster().setSample(1, 0, 0, 1);
    assertEquals(Image.ofRgba(2, 1, new byte[] {1, 2, 3, (byte) 255, 4, 5, 6, 0}), Image.of(image));
  }

  @Test
  void anotherColourSpaceIsNotConvertedButKept() {
    ColorSpace linear = ColorSpace.getInstance(ColorSpace.CS_LINEAR_RGB);
    ComponentColorModel model =
        new ComponentColorModel(linear, false, false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE);
    BufferedImage image = new BufferedImage(model, model.createCompatibleWritableRaster(1, 1), false, null);
    image.getRaster().setPixel(0, 0, new int[] {100, 150, 200});
    Image got = Image.of(image);
    assertArrayEquals(new byte[] {100, (byte) 150, (byte) 200}, got.rgb());
    assertTrue(got.iccProfile().isPresent());
    BufferedImage back = got.toBufferedImage();
    assertFalse(back.getColorModel().getColorSpace().isCS_sRGB());
    assertEquals(got, Image.of(back));
  }

  @Test
  void bufferedImagesComeBackTheSame() {
    Image opaque = Image.ofRgb(2, 1, TWO_PIXELS);
    assertEquals(BufferedImage.TYPE_3BYTE_BGR, opaque.toBufferedImage().getType());
    assertEquals(opaque, Image.of(opaque.toBufferedImage()));
    assertEquals(0xFFFDFEFF, opaque.toBufferedImage().getRGB(1, 0));
    Image clear = Image.ofRgba(1, 1, new byte[] {10, 20, 30, 0});
    assertEquals(BufferedImage.TYPE_4BYTE_ABGR, clear.toBufferedImage().getType());
    assertEquals(clear, Image.of(clear.toBufferedImage()));
  }

  @Test
  void aBufferedImageOf16BitsGoesToAndFroWithAllItsBits() {
    Image opaque = Image.ofRgb16(2, 1, new short[] {0, 1, -1, 1000, -2, 300});
    assertEquals(opaque, Image.of(opaque.toBufferedImage()));
    opaque.toBufferedImage().getRaster().setSample(0, 0, 0, 5);
    assertEquals(0, opaque.rgb16()[0], "what is given out is a copy");
    Image clear =
        Image.ofUnit(2, 1, new float[] {0, 0.1f, 0.2f, 0.3f, 0.4f, 1}, Optional.of(new float[] {0.5f, 0.7f}), 16);
    assertEquals(clear, Image.of(clear.toBufferedImage()));
  }

  @Test
  void samplesInTheUnitIntervalBecomeTheNearestLevels() {
    float[] rgb = {-1, 0.501f / 255, 0.499f / 255, 1, 2, Float.NaN};
    assertArrayEquals(new byte[] {0, 1, 0, -1, -1, 0}, Image.ofUnit(2, 1, rgb, Optional.empty(), 8).rgb());
    float[] fine = {-1, 0.501f / 65535, 0.499f / 65535, 1, 2, Float.NaN};
    assertArrayEquals(new short[] {0, 1, 0, -1, -1, 0}, Image.ofUnit(2, 1, fine, Optional.empty(), 16).rgb16());
    assertThrows(IllegalArgumentException.class, () -> Image.ofUnit(2, 1, rgb, Optional.empty(), 12));
  }
}
