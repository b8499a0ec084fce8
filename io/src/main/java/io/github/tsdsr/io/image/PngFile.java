package io.github.tsdsr.io.image;

import java.io.ByteArrayOutputStream;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * PNG (ISO 15948). Beyond what the JDK's decoder checks: sums of the chunks that matter, a size that the data can hold,
 * a chunk that runs over the end. A missing IEND is forgiven if all pixels are there.
 */
final class PngFile implements PictureFile {
  private static final int FIRST_CHUNK = 8;
  private static final int AROUND_DATA = 12;
  private static final int HEADER_DATA = 13;
  /** Deflate makes at most 258 bytes of 2 bits: 1032 to one. */
  private static final int DEFLATE_RATIO = 1032;

  private final ByteView file;
  private final ImageInfo info;
  private final byte[] icc;

  private PngFile(ByteView file, ImageInfo info, byte[] icc) {
    this.file = file;
    this.info = info;
    this.icc = icc;
  }

  static PngFile parse(ByteView file, Limits limits) {
    if (!file.holds(FIRST_CHUNK + 4, "IHDR") || file.u32(FIRST_CHUNK) != HEADER_DATA) {
      throw file.refuse("a PNG file without a header chunk (IHDR) of " + HEADER_DATA + " bytes at its beginning");
    }
    long header = FIRST_CHUNK + 8;
    long width = file.u32(header);
    long height = file.u32(header + 4);
    int depth = file.u8(header + 8);
    int channels = channels(file, file.u8(header + 9), depth);
    limits.checkSize(file.name(), width, height);
    long data = 0;
    int orientation = Orientation.UPRIGHT;
    byte[] icc = null;
    boolean ended = false;
    for (long at = FIRST_CHUNK; !ended && at < file.size();) {
      long length = file.u32(at);
      if (length > file.size() - at - AROUND_DATA) {
        throw file.refuse("ends early: a chunk claims " + length + " bytes, but only "
            + Math.max(0, file.size() - at - AROUND_DATA) + " follow");
      }
      if (file.holds(at + 4, "IDAT")) {
        data += length;
      } else if (file.holds(at + 4, "eXIf")) {
        orientation = TiffTags.orientationOf(file.slice(at + 8, length));
      } else if (file.holds(at + 4, "iCCP")) {
        icc = profile(file.slice(at + 8, length));
      }
      ended = file.holds(at + 4, "IEND");
      at += AROUND_DATA + length;
    }
    if (data == 0) {
      throw file.refuse("a PNG file without data (IDAT)");
    }
    Limits.checkRatio(
        file.name(), width, height, height * ((width * depth * channels + 7) / 8), data, DEFLATE_RATIO);
    return new PngFile(file, new ImageInfo(ImageFormat.PNG, (int) width, (int) height, orientation), icc);
  }

  private static int channels(ByteView file, int colourType, int depth) {
    boolean known = switch (colourType) {
      case 0 -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
      case 3 -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
      case 2, 4, 6 -> depth == 8 || depth == 16;
      default -> false;
    };
    if (!known) {
      throw file.refuse("PNG colour type " + colourType + " with " + depth + " bits, which there is not");
    }
    return switch (colourType) {
      case 2 -> 3;
      case 4 -> 2;
      case 6 -> 4;
      default -> 1;
    };
  }

  /** The profile of an iCCP chunk: a name, a zero, the method (0), deflated bytes. Null if it is not a usable one. */
  private static byte[] profile(ByteView chunk) {
    long name = 0;
    while (name < chunk.size() && chunk.u8(name) != 0) {
      name++;
    }
    if (name + 2 > chunk.size() || chunk.u8(name + 1) != 0) {
      return null;
    }
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(chunk.copy(name + 2, chunk.size() - name - 2));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] some = new byte[8192];
      while (!inflater.finished() && out.size() <= IccProfiles.MAX_BYTES) {
        int count = inflater.inflate(some);
        if (count == 0) {
          return null;
        }
        out.write(some, 0, count);
      }
      return IccProfiles.rgbOrNull(out.toByteArray());
    } catch (DataFormatException e) {
      return null;
    } finally {
      inflater.end();
    }
  }

  @Override
  public ImageInfo info() {
    return info;
  }

  @Override
  public Image decode(byte[] bytes) {
    checkSums(bytes);
    Image image = Codecs.decode(Codecs.jdkReader("png"), bytes, file.name(), r -> BufferedImages.toImage(r.read(0)))
        .result();
    return image.withIccProfile(Optional.ofNullable(icc)).withOrientation(info.orientation());
  }

  private void checkSums(byte[] bytes) {
    CRC32 sum = new CRC32();
    for (long at = FIRST_CHUNK; at < file.size();) {
      long length = file.u32(at);
      // Capital first letter: needed to show the picture. A damaged text or date does no harm.
      if (Character.isUpperCase(file.u8(at + 4))) {
        sum.reset();
        sum.update(bytes, (int) at + 4, (int) length + 4);
        if (sum.getValue() != file.u32(at + 8 + length)) {
          throw file.refuse("damaged: the check sum of a PNG chunk at byte " + at + " is wrong");
        }
      }
      if (file.holds(at + 4, "IEND")) {
        return;
      }
      at += AROUND_DATA + length;
    }
  }
}
