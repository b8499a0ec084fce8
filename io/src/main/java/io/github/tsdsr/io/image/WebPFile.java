package io.github.tsdsr.io.image;

import io.github.tsdsr.io.image.vp8.KeyFrame;
import java.util.Optional;

/**
 * WebP: lossy (VP8) with or without a plane of alpha, lossless (VP8L), and the first frame of a moving picture, where
 * it lies on its canvas.
 */
final class WebPFile implements PictureFile {
  private static final int RIFF_HEADER = 12;
  private static final int CHUNK_HEADER = 8;
  private static final int FRAME_HEADER = 16;
  /** A picture of one colour takes next to nothing when it is lossless; any smaller one is believed. */
  private static final int PIXELS_A_BYTE = 1 << 16;
  /** A block of 256 pixels takes at least two bits. */
  private static final int LOSSY_PIXELS_A_BYTE = 1024;

  private final ByteView file;
  private ByteView lossy;
  private ByteView lossless;
  private ByteView alpha;
  private byte[] icc;
  private int orientation = Orientation.UPRIGHT;
  private int canvasWidth;
  private int canvasHeight;
  private int left;
  private int top;
  private boolean framed;

  private WebPFile(ByteView file) {
    this.file = file;
  }

  static WebPFile parse(ByteView file, Limits limits) {
    WebPFile webp = new WebPFile(file);
    long claimed = CHUNK_HEADER + file.u32le(4);
    if (claimed > file.size()) {
      throw file.refuse("ends early: a WebP file that claims " + claimed + " bytes, but has " + file.size());
    }
    webp.readChunks(file.slice(RIFF_HEADER, Math.max(0, claimed - RIFF_HEADER)));
    webp.checkPicture(limits);
    return webp;
  }

  private void readChunks(ByteView chunks) {
    for (long at = 0; at + CHUNK_HEADER <= chunks.size();) {
      long length = chunks.u32le(at + 4);
      ByteView data = chunks.slice(at + CHUNK_HEADER, length);
      boolean first = lossy == null && lossless == null;
      if (chunks.holds(at, "VP8X")) {
        canvasWidth = 1 + data.u24le(4);
        canvasHeight = 1 + data.u24le(7);
      } else if (chunks.holds(at, "ICCP")) {
        icc = IccProfiles.rgbOrNull(data.copy(0, data.size()));
      } else if (chunks.holds(at, "EXIF")) {
        // Some writers put JPEG's introduction before it.
        int head = data.holds(0, JpegFile.EXIF) ? JpegFile.EXIF.length() : 0;
        orientation = TiffTags.orientationOf(data.slice(head, data.size() - head));
      } else if (chunks.holds(at, "ANMF") && first) {
        framed = true;
        left = 2 * data.u24le(0);
        top = 2 * data.u24le(3);
        readChunks(data.slice(FRAME_HEADER, data.size() - FRAME_HEADER));
      } else if (chunks.holds(at, "ALPH") && first) {
        alpha = data;
      } else if (chunks.holds(at, "VP8 ") && first) {
        lossy = data;
      } else if (chunks.holds(at, "VP8L") && first) {
        lossless = data;
      }
      at += CHUNK_HEADER + length + (length & 1);
    }
  }

  private void checkPicture(Limits limits) {
    if (lossy == null && lossless == null) {
      throw file.refuse("a WebP file without a picture (VP8 or VP8L)");
    }
    if (lossless != null && lossless.u8(0) != WebPLossless.SIGNATURE) {
      throw file.refuse("damaged: lossless WebP data that begin with " + lossless.u8(0) + ", expected "
          + WebPLossless.SIGNATURE);
    }
    if (lossy != null && !lossy.holds(3, "\u009d\u0001*")) {
      throw file.refuse("damaged: lossy WebP data without their start code");
    }
    int width = width();
    int height = height();
    limits.checkSize(file.name(), width, height);
    long bytes = lossy != null ? lossy.size() : lossless.size();
    // Small ones are believed: no harm in a megabyte.
    if ((long) width * height > 1 << 20) {
      Limits.checkRatio(file.name(), width, height, (long) width * height, bytes,
          lossy != null ? LOSSY_PIXELS_A_BYTE : PIXELS_A_BYTE);
    }
    if (canvasWidth == 0 || !framed) {
      canvasWidth = width;
      canvasHeight = height;
    }
    limits.checkSize(file.name(), canvasWidth, canvasHeight);
    if (left + (long) width > canvasWidth || top + (long) height > canvasHeight) {
      throw file.refuse("a WebP frame of " + width + "x" + height + " at " + left + "," + top
          + ", expected it within the canvas of " + canvasWidth + "x" + canvasHeight);
    }
  }

  private int width() {
    return lossy != null ? lossy.u16le(6) & 0x3FFF : WebPLossless.width(lossless);
  }

  private int height() {
    return lossy != null ? lossy.u16le(8) & 0x3FFF : WebPLossless.height(lossless);
  }

  @Override
  public ImageInfo info() {
    return new ImageInfo(ImageFormat.WEBP, canvasWidth, canvasHeight, orientation);
  }

  @Override
  public Image decode(byte[] bytes) {
    Image frame =
        lossless != null ? WebPLossless.decode(lossless.copy(0, lossless.size()), file.name()) : decodeLossy();
    Image image = frame.width() == canvasWidth && frame.height() == canvasHeight
        ? frame
        : Canvas.place(frame, left, top, canvasWidth, canvasHeight);
    return image.withIccProfile(Optional.ofNullable(icc)).withOrientation(orientation);
  }

  private Image decodeLossy() {
    int width = width();
    int height = height();
    byte[] rgb = KeyFrame.decode(lossy.copy(0, lossy.size()), file.name());
    if (alpha == null) {
      return Image.owning(width, height, rgb, null);
    }
    return Image.owning(width, height, rgb, WebPAlpha.decode(alpha, width, height));
  }
}
