package io.github.tsdsr.io.image;

/** GIF (87a, 89a): the first frame, where it lies on the canvas. */
final class GifFile implements PictureFile {
  private static final int SCREEN = 6;
  private static final int FIRST_BLOCK = 13;
  private static final int EXTENSION = 0x21;
  private static final int IMAGE = 0x2C;
  /** A code of 12 bits stands for at most 4096 pixels, so a byte for fewer than these. */
  private static final int LZW_RATIO = 4096;

  private final ByteView file;
  private final ImageInfo info;
  private final int left;
  private final int top;

  private GifFile(ByteView file, ImageInfo info, int left, int top) {
    this.file = file;
    this.info = info;
    this.left = left;
    this.top = top;
  }

  static GifFile parse(ByteView file, Limits limits) {
    int width = file.u16le(SCREEN);
    int height = file.u16le(SCREEN + 2);
    long at = FIRST_BLOCK + paletteBytes(file.u8(SCREEN + 4));
    while (file.u8(at) == EXTENSION) {
      at = behindBlocks(file, at + 2);
    }
    if (file.u8(at) != IMAGE) {
      throw file.refuse("damaged: byte " + at + " of this GIF file should begin a frame");
    }
    int left = file.u16le(at + 1);
    int top = file.u16le(at + 3);
    int frameWidth = file.u16le(at + 5);
    int frameHeight = file.u16le(at + 7);
    limits.checkSize(file.name(), frameWidth, frameHeight);
    // A frame that juts out makes the canvas larger, as browsers show it.
    int canvasWidth = Math.max(width, left + frameWidth);
    int canvasHeight = Math.max(height, top + frameHeight);
    limits.checkSize(file.name(), canvasWidth, canvasHeight);
    long data = at + 10 + paletteBytes(file.u8(at + 9));
    long end = behindBlocks(file, data + 1);
    Limits.checkRatio(
        file.name(), canvasWidth, canvasHeight, (long) canvasWidth * canvasHeight, end - data, LZW_RATIO);
    return new GifFile(file, new ImageInfo(ImageFormat.GIF, canvasWidth, canvasHeight, Orientation.UPRIGHT), left, top);
  }

  private static int paletteBytes(int flags) {
    return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
  }

  /** Behind a chain of blocks, each its length and so many bytes, that ends with an empty one. */
  private static long behindBlocks(ByteView file, long first) {
    long at = first;
    while (file.u8(at) != 0) {
      at += 1 + file.u8(at);
    }
    return at + 1;
  }

  @Override
  public ImageInfo info() {
    return info;
  }

  @Override
  public Image decode(byte[] bytes) {
    Image frame =
        Codecs.decode(Codecs.jdkReader("gif"), bytes, file.name(), r -> BufferedImages.toImage(r.read(0))).result();
    if (frame.width() == info.width() && frame.height() == info.height()) {
      return frame;
    }
    return Canvas.place(frame, left, top, info.width(), info.height());
  }
}
