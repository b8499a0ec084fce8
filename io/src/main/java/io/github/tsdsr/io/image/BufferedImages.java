package io.github.tsdsr.io.image;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.Arrays;
import java.util.Optional;

/**
 * From and to BufferedImage, sample by sample out of the raster. {@code getRGB} is of no use: it takes grey for linear
 * light (up to 74 levels off) and converts by embedded profiles.
 */
final class BufferedImages {
  private static final int CHANNELS = 3;

  private BufferedImages() {}

  static Image toImage(BufferedImage image) {
    ColorModel colours = image.getColorModel();
    Raster raster = image.getRaster();
    Image samples = colours instanceof IndexColorModel palette
        ? fromPalette(raster, palette)
        : fromSamples(raster, colours.hasAlpha(), image.isAlphaPremultiplied());
    byte[] icc = IccProfiles.ofColorSpace(colours.getColorSpace());
    return icc == null ? samples : samples.withIccProfile(Optional.of(icc));
  }

  private static Image fromPalette(Raster raster, IndexColorModel palette) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    int[] colours = new int[Math.max(palette.getMapSize(), 1 << palette.getPixelSize())];
    // An index beyond the palette is opaque black.
    Arrays.fill(colours, 0xFF000000);
    palette.getRGBs(colours);
    byte[] rgb = new byte[Samples.count(width, height, CHANNELS)];
    byte[] alpha = palette.hasAlpha() ? new byte[width * height] : null;
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
      for (int x = 0; x < width; x++) {
        int argb = colours[row[x]];
        int i = y * width + x;
        rgb[i * CHANNELS] = (byte) (argb >> 16);
        rgb[i * CHANNELS + 1] = (byte) (argb >> 8);
        rgb[i * CHANNELS + 2] = (byte) argb;
        if (alpha != null) {
          alpha[i] = (byte) (argb >>> 24);
        }
      }
    }
    return Image.owning(width, height, rgb, alpha);
  }

  /** One band is grey, two are grey and alpha, three are RGB, four are RGB and alpha. */
  private static Image fromSamples(Raster raster, boolean hasAlpha, boolean multiplied) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    int bands = raster.getNumBands();
    int colours = hasAlpha ? bands - 1 : bands;
    if (colours != 1 && colours != CHANNELS) {
      throw new IllegalArgumentException(colours + " colours a pixel, expected grey or RGB");
    }
    if (raster.getTransferType() == DataBuffer.TYPE_FLOAT || raster.getTransferType() == DataBuffer.TYPE_DOUBLE
        || raster.getTransferType() == DataBuffer.TYPE_SHORT) {
      throw new IllegalArgumentException("samples that are not unsigned integers of up to 16 bits");
    }
    Scale[] scales = new Scale[bands];
    boolean wide = false;
    for (int b = 0; b < bands; b++) {
      wide |= raster.getSampleModel().getSampleSize(b) > 8;
    }
    for (int b = 0; b < bands; b++) {
      scales[b] = new Scale(raster.getSampleModel().getSampleSize(b), wide ? Samples.MAX_16 : Samples.MAX_8);
    }
    Planes planes = new Planes(width, height, wide, hasAlpha);
    int[] row = new int[width * bands];
    for (int y = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < width; x++) {
        int at = x * bands;
        int a = hasAlpha ? scales[bands - 1].of(row[at + bands - 1]) : 0;
        for (int c = 0; c < CHANNELS; c++) {
          int band = colours == 1 ? 0 : c;
          int v = scales[band].of(row[at + band]);
          planes.colour(y * width + x, c, multiplied && hasAlpha ? divided(v, a, planes.max()) : v);
        }
        if (hasAlpha) {
          planes.alpha(y * width + x, a);
        }
      }
    }
    return planes.image();
  }

  private static int divided(int v, int alpha, int max) {
    return alpha == 0 ? 0 : (int) Math.min(max, ((long) v * max + alpha / 2) / alpha);
  }

  /** Samples of some bits to a range, rounded: v * to / (2^bits - 1). */
  private record Scale(int bits, int to) {
    int of(int v) {
      int from = (1 << bits) - 1;
      return from == to ? v : (int) (((long) v * to + from / 2) / from);
    }
  }

  /** The arrays of a picture in the making, of 8 or 16 bits a sample. */
  private static final class Planes {
    private final int width;
    private final int height;
    private final byte[] rgb8;
    private final byte[] alpha8;
    private final short[] rgb16;
    private final short[] alpha16;

    Planes(int width, int height, boolean wide, boolean hasAlpha) {
      this.width = width;
      this.height = height;
      int count = Samples.count(width, height, CHANNELS);
      rgb8 = wide ? null : new byte[count];
      alpha8 = !wide && hasAlpha ? new byte[width * height] : null;
      rgb16 = wide ? new short[count] : null;
      alpha16 = wide && hasAlpha ? new short[width * height] : null;
    }

    int max() {
      return rgb8 != null ? Samples.MAX_8 : Samples.MAX_16;
    }

    void colour(int pixel, int channel, int v) {
      if (rgb8 != null) {
        rgb8[pixel * CHANNELS + channel] = (byte) v;
      } else {
        rgb16[pixel * CHANNELS + channel] = (short) v;
      }
    }

    void alpha(int pixel, int v) {
      if (rgb8 != null) {
        alpha8[pixel] = (byte) v;
      } else {
        alpha16[pixel] = (short) v;
      }
    }

    Image image() {
      return rgb8 != null ? Image.owning(width, height, rgb8, alpha8) : Image.owning(width, height, rgb16, alpha16);
    }
  }

  static BufferedImage fromImage(Image image) {
    if (image.bitsPerSample() > 8) {
      // Beside alpha the samples are copied anyway.
      Image own = image.hasAlpha() ? image : Image.owning(image.width(), image.height(), image.rgb16(), null);
      return InterleavedRaster.of(own, IccProfiles.colorSpace(image.iccProfile().orElse(null)));
    }
    int width = image.width();
    int height = image.height();
    int bands = image.hasAlpha() ? CHANNELS + 1 : CHANNELS;
    Samples.count(width, height, bands);
    BufferedImage out = empty(image, bands);
    WritableRaster raster = out.getRaster();
    byte[] rgb = image.rgbBytes();
    byte[] alpha = image.alphaBytes();
    int[] row = new int[width * bands];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int i = y * width + x;
        for (int c = 0; c < CHANNELS; c++) {
          row[x * bands + c] = rgb[i * CHANNELS + c] & 0xFF;
        }
        if (alpha != null) {
          row[x * bands + CHANNELS] = alpha[i] & 0xFF;
        }
      }
      raster.setPixels(0, y, width, 1, row);
    }
    return out;
  }

  private static BufferedImage empty(Image image, int bands) {
    ColorSpace space = IccProfiles.colorSpace(image.iccProfile().orElse(null));
    boolean hasAlpha = image.hasAlpha();
    if (space.isCS_sRGB()) {
      return new BufferedImage(image.width(), image.height(),
          hasAlpha ? BufferedImage.TYPE_4BYTE_ABGR : BufferedImage.TYPE_3BYTE_BGR);
    }
    int[] order = hasAlpha ? new int[] {3, 2, 1, 0} : new int[] {2, 1, 0};
    WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, image.width(), image.height(),
        image.width() * bands, bands, order, null);
    return new BufferedImage(new ComponentColorModel(space, hasAlpha, false,
        hasAlpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE, DataBuffer.TYPE_BYTE), raster, false, null);
  }
}
