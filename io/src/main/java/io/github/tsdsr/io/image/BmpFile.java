package io.github.tsdsr.io.image;

/** BMP: bottom up or top down, 1 to 32 bits a pixel, plain or run-length encoded. */
final class BmpFile implements PictureFile {
  private static final int FILE_HEADER = 14;
  private static final int CORE_HEADER = 12;
  private static final int RLE8 = 1;
  private static final int RLE4 = 2;
  private static final int ALPHA_FIELDS = 6;
  /** Two bytes are a run of 255 pixels at most, but may end a row as well. */
  private static final int RUN_RATIO = 4096;

  private final ByteView file;
  private final ImageInfo info;

  private BmpFile(ByteView file, ImageInfo info) {
    this.file = file;
    this.info = info;
  }

  static BmpFile parse(ByteView file, Limits limits) {
    boolean core = file.u32le(FILE_HEADER) == CORE_HEADER;
    long width = core ? file.u16le(18) : file.i32le(18);
    // A negative height: the top row comes first.
    long height = core ? file.u16le(20) : Math.abs((long) file.i32le(22));
    int bits = file.u16le(core ? 24 : 28);
    long compression = core ? 0 : file.u32le(30);
    limits.checkSize(file.name(), width, height);
    if (bits != 1 && bits != 4 && bits != 8 && bits != 16 && bits != 24 && bits != 32) {
      throw file.refuse("BMP of " + bits + " bits a pixel, expected 1, 4, 8, 16, 24 or 32");
    }
    long offset = file.u32le(10);
    long data = file.size() - offset;
    if (compression == RLE8 || compression == RLE4) {
      Limits.checkRatio(file.name(), width, height, width * height, Math.max(0, data), RUN_RATIO);
    } else if (compression <= ALPHA_FIELDS && compression != 4 && compression != 5) {
      long needed = (width * bits + 31) / 32 * 4 * height;
      if (needed > data) {
        throw file.refuse("ends early: " + width + "x" + height + " pixels of " + bits + " bits need " + needed
            + " bytes, but only " + Math.max(0, data) + " are there");
      }
    } else {
      throw file.refuse("BMP of compression " + compression + ", expected none, runs or bit fields");
    }
    return new BmpFile(file, new ImageInfo(ImageFormat.BMP, (int) width, (int) height, Orientation.UPRIGHT));
  }

  @Override
  public ImageInfo info() {
    return info;
  }

  @Override
  public Image decode(byte[] bytes) {
    return Codecs.decode(Codecs.jdkReader("bmp"), bytes, file.name(), r -> BufferedImages.toImage(r.read(0))).result();
  }
}
