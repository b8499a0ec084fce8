package io.github.tsdsr.io.image;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * WebP: lossy (VP8) with or without a plane of alpha, lossless (VP8L), and the first frame of a moving picture, where
 * it lies on its canvas. TwelveMonkeys decodes the bare streams: with a profile beside them, it would convert colours.
 */
final class WebPFile implements PictureFile {
  private static final int RIFF_HEADER = 12;
  private static final int CHUNK_HEADER = 8;
  private static final int FRAME_HEADER = 16;
  private static final int LOSSLESS_SIGNATURE = 0x2F;
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
    if (lossless != null && lossless.u8(0) != LOSSLESS_SIGNATURE) {
      throw file.refuse("damaged: lossless WebP data that begin with " + lossless.u8(0) + ", expected "
          + LOSSLESS_SIGNATURE);
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
    return lossy != null ? lossy.u16le(6) & 0x3FFF : 1 + (lossless.i32le(1) & 0x3FFF);
  }

  private int height() {
    return lossy != null ? lossy.u16le(8) & 0x3FFF : 1 + (lossless.i32le(1) >> 14 & 0x3FFF);
  }

  @Override
  public ImageInfo info() {
    return new ImageInfo(ImageFormat.WEBP, canvasWidth, canvasHeight, orientation);
  }

  @Override
  public Image decode(byte[] bytes) {
    Image frame = lossless != null ? decodeLossless(lossless.copy(0, lossless.size())) : decodeLossy();
    Image image = frame.width() == canvasWidth && frame.height() == canvasHeight
        ? frame
        : Canvas.place(frame, left, top, canvasWidth, canvasHeight);
    return image.withIccProfile(Optional.ofNullable(icc)).withOrientation(orientation);
  }

  private Image decodeLossy() {
    int width = width();
    int height = height();
    byte[] rgb = decodeBare("VP8 ", lossy.copy(0, lossy.size())).rgb();
    if (alpha == null) {
      return Image.owning(width, height, rgb, null);
    }
    return Image.owning(width, height, rgb, WebPAlpha.decode(alpha, width, height, this::decodeLossless));
  }

  private Image decodeLossless(byte[] stream) {
    return decodeBare("VP8L", stream);
  }

  /** Decodes a bare stream, in a file that holds nothing else. */
  private Image decodeBare(String kind, byte[] stream) {
    int padded = stream.length + (stream.length & 1);
    ByteBuffer riff = ByteBuffer.allocate(RIFF_HEADER + CHUNK_HEADER + padded).order(ByteOrder.LITTLE_ENDIAN);
    riff.put("RIFF".getBytes(StandardCharsets.US_ASCII));
    riff.putInt(riff.capacity() - CHUNK_HEADER);
    riff.put(("WEBP" + kind).getBytes(StandardCharsets.US_ASCII));
    riff.putInt(stream.length).put(stream);
    return Codecs.decode(new WebPImageReaderSpi().createReaderInstance(null), riff.array(), file.name(),
        r -> BufferedImages.toImage(r.read(0))).result();
  }
}
