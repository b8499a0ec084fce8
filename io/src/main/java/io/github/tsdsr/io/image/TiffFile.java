package io.github.tsdsr.io.image;

import com.twelvemonkeys.imageio.plugins.tiff.TIFFImageReaderSpi;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.util.Optional;

/**
 * TIFF 6.0 and BigTIFF: the first picture of the file, of unsigned samples of up to 16 bits. The JDK's own reader
 * refuses 16-bit samples with a predictor, so TwelveMonkeys' is used.
 */
final class TiffFile implements PictureFile {
  private static final int UNCOMPRESSED = 1;
  private static final int CMYK = 5;
  private static final int UNSIGNED = 1;
  private static final int MAX_BITS = 16;
  /** LZW: a code of 12 bits stands for at most 4096 bytes. The other methods for whole bytes make less. */
  private static final int BYTE_RATIO = 4096;
  /** Fax: a bit can say that a row of any length is like the one above. */
  private static final int FAX_RATIO = 1 << 16;

  private final ByteView file;
  private final ImageInfo info;
  private final TiffTags tags;

  private TiffFile(ByteView file, ImageInfo info, TiffTags tags) {
    this.file = file;
    this.info = info;
    this.tags = tags;
  }

  static TiffFile parse(ByteView file, Limits limits) {
    TiffTags tags = TiffTags.parse(file);
    if (!tags.has(TiffTags.WIDTH) || !tags.has(TiffTags.HEIGHT)) {
      throw file.refuse("a TIFF file that does not state its width and height");
    }
    long width = tags.number(TiffTags.WIDTH, 0);
    long height = tags.number(TiffTags.HEIGHT, 0);
    limits.checkSize(file.name(), width, height);
    if (width > Integer.MAX_VALUE || height > Integer.MAX_VALUE) {
      throw file.refuse("a TIFF file of " + width + "x" + height + " pixels, expected sides below 2^31");
    }
    checkSamples(file, tags);
    checkData(file, tags, width, height);
    int orientation = Orientation.orUpright(tags.number(TiffTags.ORIENTATION, Orientation.UPRIGHT));
    return new TiffFile(file, new ImageInfo(ImageFormat.TIFF, (int) width, (int) height, orientation), tags);
  }

  private static void checkSamples(ByteView file, TiffTags tags) {
    long bits = tags.number(TiffTags.BITS, 1);
    if (bits < 1 || bits > MAX_BITS) {
      throw file.refuse("a TIFF file of " + bits + " bits a sample, expected 1 to " + MAX_BITS);
    }
    if (tags.number(TiffTags.SAMPLE_FORMAT, UNSIGNED) != UNSIGNED) {
      throw file.refuse("a TIFF file of signed or floating samples, expected unsigned whole numbers");
    }
    long samples = tags.number(TiffTags.SAMPLES_PER_PIXEL, 1);
    long kind = tags.number(TiffTags.PHOTOMETRIC, -1);
    // White is zero, black is zero, RGB, palette, CMYK, YCbCr.
    if (kind < 0 || kind > 6 || kind == 4 || samples < 1 || samples > 5) {
      throw file.refuse("a TIFF file of colour kind " + kind + " with " + samples
          + " samples a pixel, expected grey, palette, RGB, YCbCr or CMYK");
    }
  }

  /** Every strip or tile lies in the file, and together they can hold the picture. */
  private static void checkData(ByteView file, TiffTags tags, long width, long height) {
    boolean tiled = tags.has(TiffTags.TILE_OFFSETS);
    long[] offsets = tags.numbers(tiled ? TiffTags.TILE_OFFSETS : TiffTags.STRIP_OFFSETS);
    long[] counts = tags.numbers(tiled ? TiffTags.TILE_BYTES : TiffTags.STRIP_BYTES);
    if (offsets.length == 0 || offsets.length != counts.length) {
      throw file.refuse("a TIFF file with " + offsets.length + " places and " + counts.length
          + " lengths of its data, expected as many of both");
    }
    long data = 0;
    for (int i = 0; i < offsets.length; i++) {
      if (offsets[i] < 0 || counts[i] < 0 || offsets[i] > file.size() - counts[i]) {
        throw file.refuse("ends early: part " + i + " of the TIFF data lies at byte " + offsets[i] + " with length "
            + counts[i] + ", but the file has " + file.size() + " bytes");
      }
      data += counts[i];
    }
    long compression = tags.number(TiffTags.COMPRESSION, UNCOMPRESSED);
    long bits = tags.number(TiffTags.BITS, 1) * tags.number(TiffTags.SAMPLES_PER_PIXEL, 1);
    // Subsampled YCbCr needs half at the least.
    long needed = height * ((width * bits + 7) / 8) / (tags.number(TiffTags.PHOTOMETRIC, 0) == 6 ? 2 : 1);
    boolean fax = compression >= 2 && compression <= 4;
    Limits.checkRatio(file.name(), width, height, needed, data,
        compression == UNCOMPRESSED ? 1 : fax ? FAX_RATIO : BYTE_RATIO);
  }

  @Override
  public ImageInfo info() {
    return info;
  }

  @Override
  public Image decode(byte[] bytes) {
    boolean inks = tags.number(TiffTags.PHOTOMETRIC, 0) == CMYK;
    Image image = Codecs.decode(new TIFFImageReaderSpi().createReaderInstance(null), bytes, file.name(),
        r -> inks ? fromInks(r.readRaster(0, null)) : pixels(r.read(0))).result();
    Optional<byte[]> profile = tags.bytes(TiffTags.ICC_PROFILE, IccProfiles.MAX_BYTES).filter(IccProfiles::isRgb);
    return image.withIccProfile(profile).withOrientation(info.orientation());
  }

  private Image pixels(BufferedImage read) {
    if (read.getWidth() != info.width() || read.getHeight() != info.height()) {
      throw file.refuse("decoded to " + read.getWidth() + "x" + read.getHeight() + " pixels, expected "
          + info.width() + "x" + info.height());
    }
    return BufferedImages.toImage(read);
  }

  /** CMYK, the largest value for full ink: red = (1 - cyan) (1 - black), and so on, rounded to 8 bits. */
  private Image fromInks(Raster raster) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    int bands = raster.getNumBands();
    if (bands < 4) {
      throw file.refuse("CMYK of " + bands + " samples a pixel, expected 4");
    }
    double full = (1 << raster.getSampleModel().getSampleSize(0)) - 1;
    byte[] rgb = new byte[Samples.count(width, height, 3)];
    int[] row = new int[width * bands];
    for (int y = 0; y < height; y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < width; x++) {
        double light = 1 - row[x * bands + 3] / full;
        for (int c = 0; c < 3; c++) {
          rgb[(y * width + x) * 3 + c] = (byte) Math.round(255 * light * (1 - row[x * bands + c] / full));
        }
      }
    }
    return Image.owning(width, height, rgb, null);
  }
}
