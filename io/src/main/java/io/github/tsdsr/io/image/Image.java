package io.github.tsdsr.io.image;

import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * A decoded picture: RGB samples of 8 or 16 bits, rows from the top, interleaved; beside them, if there is
 * transparency, an alpha plane of as many bits, not multiplied into the colours. Grey pictures have three equal
 * samples. Samples are as stored: in the colours of {@link #iccProfile} (sRGB if there is none), and lying as
 * {@link #orientation} says until {@link #upright} turns them.
 *
 * <p>A value: nothing changes it, and what it gives out or takes in is copied. Safe for several threads.
 */
public final class Image {
  private static final int CHANNELS = 3;

  private final int width;
  private final int height;
  /** byte[] or short[] of 3 * width * height samples. */
  private final Object rgb;
  /** Of the same type, width * height samples, or null. */
  private final Object alpha;
  private final byte[] icc;
  private final int orientation;

  private Image(int width, int height, Object rgb, Object alpha, byte[] icc, int orientation) {
    this.width = width;
    this.height = height;
    this.rgb = rgb;
    this.alpha = alpha;
    this.icc = icc;
    this.orientation = orientation;
  }

  /** Takes the arrays over, which nobody else may hold. */
  static Image owning(int width, int height, byte[] rgb, byte[] alpha) {
    Samples.checkLength(width, height, CHANNELS, rgb.length);
    if (alpha != null) {
      Samples.checkLength(width, height, 1, alpha.length);
    }
    return new Image(width, height, rgb, alpha, null, Orientation.UPRIGHT);
  }

  /** Takes the arrays over, which nobody else may hold. */
  static Image owning(int width, int height, short[] rgb, short[] alpha) {
    Samples.checkLength(width, height, CHANNELS, rgb.length);
    if (alpha != null) {
      Samples.checkLength(width, height, 1, alpha.length);
    }
    return new Image(width, height, rgb, alpha, null, Orientation.UPRIGHT);
  }

  /**
   * An opaque picture of 8-bit samples; the sample of column x, row y, channel c is {@code rgb[(y * width + x) * 3 + c]}.
   *
   * @throws IllegalArgumentException if a side is not positive or the number of samples is not 3 * width * height
   */
  public static Image ofRgb(int width, int height, byte[] rgb) {
    return owning(width, height, rgb.clone(), null);
  }

  /**
   * An opaque picture of 16-bit samples, to be read unsigned, laid out like {@link #ofRgb}.
   *
   * @throws IllegalArgumentException if a side is not positive or the number of samples is not 3 * width * height
   */
  public static Image ofRgb16(int width, int height, short[] rgb) {
    return owning(width, height, rgb.clone(), null);
  }

  /**
   * A picture of 8-bit samples, red, green, blue, alpha of each pixel; alpha is not multiplied into the colours.
   *
   * @throws IllegalArgumentException if a side is not positive or the number of samples is not 4 * width * height
   */
  public static Image ofRgba(int width, int height, byte[] rgba) {
    Samples.checkLength(width, height, CHANNELS + 1, rgba.length);
    byte[] rgb = new byte[width * height * CHANNELS];
    byte[] alpha = new byte[width * height];
    for (int i = 0; i < alpha.length; i++) {
      System.arraycopy(rgba, i * (CHANNELS + 1), rgb, i * CHANNELS, CHANNELS);
      alpha[i] = rgba[i * (CHANNELS + 1) + CHANNELS];
    }
    return owning(width, height, rgb, alpha);
  }

  /**
   * A picture of samples in [0, 1], interleaved RGB, which become the nearest of the levels that so many bits have; what lies
   * outside is clamped, a NaN becomes 0.
   *
   * @param alpha a plane of width * height samples, if there is transparency
   * @param bits 8 or 16 a sample
   * @throws IllegalArgumentException if a side is not positive, a number of samples is wrong, or the bits are others
   */
  public static Image ofUnit(int width, int height, float[] rgb, Optional<float[]> alpha, int bits) {
    return switch (bits) {
      case 8 -> owning(width, height, Samples.bytes(rgb), alpha.map(Samples::bytes).orElse(null));
      case 16 -> owning(width, height, Samples.shorts(rgb), alpha.map(Samples::shorts).orElse(null));
      default -> throw new IllegalArgumentException(bits + " bits a sample, expected 8 or 16");
    };
  }

  /**
   * The samples of a BufferedImage as they lie in its raster, never converted by colour space: a grey raster of 100 gives
   * (100, 100, 100). An RGB profile that is not sRGB is kept as {@link #iccProfile}. Colours that alpha was multiplied into
   * are divided by it again.
   */
  public static Image of(BufferedImage image) {
    return BufferedImages.toImage(image);
  }

  /** Columns. */
  public int width() {
    return width;
  }

  /** Rows. */
  public int height() {
    return height;
  }

  /** 8 or 16. */
  public int bitsPerSample() {
    return rgb instanceof byte[] ? 8 : 16;
  }

  /** Whether there is an alpha plane. */
  public boolean hasAlpha() {
    return alpha != null;
  }

  /** EXIF's orientation of the samples, 1 to 8; 1 is upright. */
  public int orientation() {
    return orientation;
  }

  /** The ICC profile in whose colours the samples are; none means sRGB. */
  public Optional<byte[]> iccProfile() {
    return Optional.ofNullable(icc).map(byte[]::clone);
  }

  /** The 8-bit RGB samples, interleaved: 3 * width * height of them. 16-bit samples v become round(v * 255 / 65535). */
  public byte[] rgb() {
    return rgb instanceof byte[] bytes ? bytes.clone() : Samples.rounded((short[]) rgb);
  }

  /** The samples of {@link #rgb}, read-only; without a copy where the samples have 8 bits. */
  public ByteBuffer rgbView() {
    return ByteBuffer.wrap(rgbBytes()).asReadOnlyBuffer();
  }

  /** The 16-bit RGB samples, to be read unsigned. 8-bit samples v become v * 257. */
  public short[] rgb16() {
    return rgb instanceof byte[] bytes ? Samples.widened(bytes) : ((short[]) rgb).clone();
  }

  /** The alpha plane with 8 bits, 0 transparent, 255 opaque: width * height samples, rounded like {@link #rgb}. */
  public Optional<byte[]> alpha() {
    return Optional.ofNullable(alpha).map(a -> a instanceof byte[] b ? b.clone() : Samples.rounded((short[]) a));
  }

  /** The alpha plane with 16 bits, to be read unsigned. */
  public Optional<short[]> alpha16() {
    return Optional.ofNullable(alpha).map(a -> a instanceof byte[] b ? Samples.widened(b) : ((short[]) a).clone());
  }

  /**
   * One sample in [0, 1], with all the bits that there are.
   *
   * @param channel 0 red, 1 green, 2 blue
   * @throws IndexOutOfBoundsException if there is no such pixel or channel
   */
  public float sample(int x, int y, int channel) {
    Objects.checkIndex(x, width);
    Objects.checkIndex(y, height);
    return unit(rgb, (y * width + x) * CHANNELS + Objects.checkIndex(channel, CHANNELS));
  }

  /**
   * One pixel's alpha in [0, 1]; 1 where there is no alpha plane.
   *
   * @throws IndexOutOfBoundsException if there is no such pixel
   */
  public float alpha(int x, int y) {
    Objects.checkIndex(x, width);
    Objects.checkIndex(y, height);
    return alpha == null ? 1 : unit(alpha, y * width + x);
  }

  /**
   * Writes rows as samples in [0, 1], interleaved RGB, with all the bits that there are.
   *
   * @param firstRow the first of them
   * @param rows how many
   * @param to takes 3 * width * rows samples from place {@code at} on
   * @throws IndexOutOfBoundsException if the picture has no such rows or the array no such places
   */
  public void copyRows(int firstRow, int rows, float[] to, int at) {
    Objects.checkFromIndexSize(firstRow, rows, height);
    copyUnit(rgb, firstRow * width * CHANNELS, rows * width * CHANNELS, to, at);
  }

  /**
   * Writes rows of the alpha plane as samples in [0, 1], with all the bits that there are.
   *
   * @param to takes width * rows samples from place {@code at} on
   * @throws IllegalStateException if there is no alpha plane
   * @throws IndexOutOfBoundsException if the picture has no such rows or the array no such places
   */
  public void copyAlphaRows(int firstRow, int rows, float[] to, int at) {
    if (alpha == null) {
      throw new IllegalStateException("an opaque picture has no alpha plane");
    }
    Objects.checkFromIndexSize(firstRow, rows, height);
    copyUnit(alpha, firstRow * width, rows * width, to, at);
  }

  private static void copyUnit(Object samples, int from, int count, float[] to, int at) {
    Objects.checkFromIndexSize(at, count, to.length);
    for (int i = 0; i < count; i++) {
      to[at + i] = unit(samples, from + i);
    }
  }

  private static float unit(Object samples, int i) {
    return samples instanceof byte[] bytes
        ? (bytes[i] & 0xFF) / (float) Samples.MAX_8
        : (((short[]) samples)[i] & 0xFFFF) / (float) Samples.MAX_16;
  }

  /** The picture as it is to be shown: turned and mirrored by {@link #orientation}, which is 1 afterwards. */
  public Image upright() {
    if (orientation == Orientation.UPRIGHT) {
      return this;
    }
    boolean swaps = Orientation.swapsSides(orientation);
    return new Image(swaps ? height : width, swaps ? width : height,
        Orientation.apply(orientation, rgb, width, height, CHANNELS),
        alpha == null ? null : Orientation.apply(orientation, alpha, width, height, 1), icc, Orientation.UPRIGHT);
  }

  /**
   * The same samples, said to lie otherwise.
   *
   * @throws IllegalArgumentException if it is not in 1 to 8
   */
  public Image withOrientation(int newOrientation) {
    return new Image(width, height, rgb, alpha, icc, Orientation.checked(newOrientation));
  }

  /**
   * The same samples, said to be in another profile's colours; nothing is converted.
   *
   * @param profile an RGB profile, or none for sRGB
   * @throws IllegalArgumentException if it is not an ICC profile for RGB samples
   */
  public Image withIccProfile(Optional<byte[]> profile) {
    profile.ifPresent(bytes -> {
      if (!IccProfiles.isRgb(bytes)) {
        throw new IllegalArgumentException("not an ICC profile of RGB colours (" + bytes.length + " bytes)");
      }
    });
    return new Image(width, height, rgb, alpha, profile.map(byte[]::clone).orElse(null), orientation);
  }

  /**
   * The same colours with another alpha plane.
   *
   * @param plane width * height samples, 0 transparent, 255 opaque
   * @throws IllegalArgumentException if it has another number of samples
   */
  public Image withAlpha(byte[] plane) {
    Samples.checkLength(width, height, 1, plane.length);
    return new Image(width, height, rgb, bitsPerSample() == 8 ? plane.clone() : Samples.widened(plane), icc,
        orientation);
  }

  /** The same colours, opaque; those that transparency hid show. */
  public Image withoutAlpha() {
    return new Image(width, height, rgb, null, icc, orientation);
  }

  /** The picture with samples of 8 bits: the nearest ones, see {@link #rgb}. */
  public Image rounded() {
    return rgb instanceof byte[] ? this : new Image(width, height, rgb(), alpha().orElse(null), icc, orientation);
  }

  /**
   * The picture with samples of 8 bits: the upper halves of 16-bit ones, up to one level below {@link #rounded}. So
   * Pillow reads 16-bit RGB.
   */
  public Image highBytes() {
    if (rgb instanceof byte[]) {
      return this;
    }
    return new Image(width, height, Samples.highBytes((short[]) rgb),
        alpha == null ? null : Samples.highBytes((short[]) alpha), icc, orientation);
  }

  /**
   * The samples as a BufferedImage. Of 8 bits: TYPE_3BYTE_BGR or TYPE_4BYTE_ABGR, unless there is a profile: then a
   * raster of the same order of bands with that profile's colour space. Of 16 bits: a raster of unsigned shorts.
   */
  public BufferedImage toBufferedImage() {
    return BufferedImages.fromImage(this);
  }

  /** The samples, byte[] or short[], not to be changed by who gets them. */
  Object samples() {
    return rgb;
  }

  /** The alpha plane of the same type or null, not to be changed by who gets it. */
  Object alphaSamples() {
    return alpha;
  }

  /** The 8-bit samples, not to be changed by who gets them. */
  byte[] rgbBytes() {
    return rgb instanceof byte[] bytes ? bytes : Samples.rounded((short[]) rgb);
  }

  /** The 8-bit alpha plane or null, not to be changed by who gets it. */
  byte[] alphaBytes() {
    return alpha == null || alpha instanceof byte[] ? (byte[]) alpha : Samples.rounded((short[]) alpha);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Image o && width == o.width && height == o.height && orientation == o.orientation
        && Objects.deepEquals(rgb, o.rgb) && Objects.deepEquals(alpha, o.alpha) && Arrays.equals(icc, o.icc);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(new Object[] {width, height, rgb, alpha, icc, orientation});
  }

  @Override
  public String toString() {
    return width + "x" + height + ", " + bitsPerSample() + " bits" + (hasAlpha() ? ", alpha" : "");
  }
}
