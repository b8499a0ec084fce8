package io.github.tsdsr.io.image;

import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * JPEG (ITU T.81) of 8 bits: grey, YCbCr, RGB, CMYK and YCCK, baseline and progressive. The JDK's decoder returns a
 * picture with a hole where a scan breaks off, and only tells a listener: such files are refused here.
 */
final class JpegFile implements PictureFile {
  private static final int TEM = 0x01;
  private static final int SOF_PROGRESSIVE = 0xC2;
  private static final int RST_FIRST = 0xD0;
  private static final int SOI = 0xD8;
  private static final int EOI = 0xD9;
  private static final int SOS = 0xDA;
  private static final int APP1 = 0xE1;
  private static final int APP2 = 0xE2;
  private static final int APP14 = 0xEE;
  static final String EXIF = "Exif\0\0";
  static final String ICC = "ICC_PROFILE\0";
  /** A block of 64 samples takes a bit at the very least; a colour may have one sample for 16 pixels. */
  private static final int PIXELS_A_BYTE = 64 * 8 * 16;

  private final ByteView file;
  private ImageInfo info;
  private byte[] icc;
  private int components;
  private boolean progressive;
  private boolean ycck;
  /** Where the first scan's segment begins. */
  private long firstScan;
  /** The segments before it that the decoder is to see. With a profile, the JDK's would convert the colours. */
  private final ByteArrayOutputStream head = new ByteArrayOutputStream();

  private JpegFile(ByteView file) {
    this.file = file;
  }

  static JpegFile parse(ByteView file, Limits limits) {
    JpegFile jpeg = new JpegFile(file);
    jpeg.readSegments(limits);
    return jpeg;
  }

  private void readSegments(Limits limits) {
    int orientation = Orientation.UPRIGHT;
    long frame = -1;
    TreeMap<Integer, byte[]> profileParts = new TreeMap<>();
    long at = 2;
    while (true) {
      at = marker(at);
      int marker = file.u8(at - 1);
      if (marker == EOI) {
        throw file.refuse("a JPEG file that ends before its first scan");
      }
      if (isAlone(marker)) {
        continue;
      }
      int length = file.u16(at);
      if (length < 2) {
        throw file.refuse("a JPEG segment of " + length + " bytes, expected at least 2");
      }
      if (marker == SOS) {
        break;
      }
      ByteView segment = file.slice(at + 2, length - 2);
      if (isFrame(marker)) {
        checkFrame(marker, segment);
        frame = at + 2;
        progressive = marker == SOF_PROGRESSIVE;
      } else if (marker == APP1 && segment.holds(0, EXIF)) {
        orientation = TiffTags.orientationOf(segment.slice(EXIF.length(), segment.size() - EXIF.length()));
      } else if (marker == APP2 && segment.holds(0, ICC) && segment.size() > ICC.length() + 2) {
        int begin = ICC.length() + 2;
        profileParts.put(segment.u8(ICC.length()), segment.copy(begin, segment.size() - begin));
      } else if (marker == APP14 && segment.holds(0, "Adobe") && segment.size() >= 12) {
        ycck = segment.u8(11) == 2;
      }
      if (marker < APP1 || marker == APP14) {
        head.write(0xFF);
        head.write(marker);
        head.writeBytes(file.copy(at, length));
      }
      at += length;
    }
    if (frame < 0) {
      throw file.refuse("a JPEG file whose scan comes before its frame header");
    }
    firstScan = at;
    int height = file.u16(frame + 1);
    int width = file.u16(frame + 3);
    components = file.u8(frame + 5);
    limits.checkSize(file.name(), width, height);
    Limits.checkRatio(file.name(), width, height, (long) width * height, file.size() - firstScan, PIXELS_A_BYTE);
    icc = joined(profileParts);
    info = new ImageInfo(ImageFormat.JPEG, width, height, orientation);
  }

  /** Behind the marker that begins at a place, fill bytes skipped. */
  private long marker(long from) {
    long at = from;
    if (file.u8(at) != 0xFF) {
      throw file.refuse("damaged: byte " + at + " of this JPEG file should begin a segment");
    }
    while (file.u8(at) == 0xFF) {
      at++;
    }
    return at + 1;
  }

  private static boolean isAlone(int marker) {
    return marker == TEM || marker >= RST_FIRST && marker <= SOI;
  }

  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  private static void checkFrame(int marker, ByteView frame) {
    if (marker > SOF_PROGRESSIVE) {
      throw frame.refuse("JPEG of kind SOF" + (marker - 0xC0) + " (lossless, hierarchical or arithmetic), "
          + "expected baseline, extended or progressive");
    }
    int components = frame.u8(5);
    if (frame.u8(0) != 8 || components != 1 && components != 3 && components != 4) {
      throw frame.refuse("JPEG of " + frame.u8(0) + " bits and " + components
          + " components, expected 8 bits and 1, 3 or 4 components");
    }
  }

  private static byte[] joined(TreeMap<Integer, byte[]> parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    parts.values().forEach(all::writeBytes);
    return IccProfiles.rgbOrNull(all.toByteArray());
  }

  @Override
  public ImageInfo info() {
    return info;
  }

  @Override
  public Image decode(byte[] bytes) {
    boolean ended = checkScans(bytes);
    Codecs.Decoded<Image> decoded = Codecs.decode(Codecs.jdkReader("jpeg"), withoutMetadata(bytes), file.name(),
        r -> components == 4 ? fromInks(r.readRaster(0, null)) : BufferedImages.toImage(r.read(0)));
    refuseIfDamaged(decoded.warnings(), ended);
    return decoded.result().withIccProfile(Optional.ofNullable(icc)).withOrientation(info.orientation());
  }

  private byte[] withoutMetadata(byte[] bytes) {
    int scan = (int) firstScan - 2;
    byte[] out = new byte[2 + head.size() + bytes.length - scan];
    out[0] = (byte) 0xFF;
    out[1] = (byte) SOI;
    System.arraycopy(head.toByteArray(), 0, out, 2, head.size());
    System.arraycopy(bytes, scan, out, 2 + head.size(), bytes.length - scan);
    return out;
  }

  /** Whether the file has its end marker. Without it, only a single scan can be told to be whole. */
  private boolean checkScans(byte[] bytes) {
    int scans = 0;
    int scanComponents = 0;
    long at = firstScan;
    while (true) {
      scans++;
      scanComponents = file.u8(at + 2);
      int i = (int) (at + file.u16(at));
      int marker = 0;
      boolean scan = false;
      while (!scan) {
        i = nextMarker(bytes, i);
        if (i < 0) {
          if (progressive || scans > 1 || scanComponents < components) {
            throw file.refuse("ends early: a JPEG file of several scans without its end marker");
          }
          return false;
        }
        marker = bytes[i - 1] & 0xFF;
        if (marker == EOI) {
          return true;
        }
        scan = marker == SOS;
        if (!scan && i + 1 < bytes.length) {
          i += file.u16(i);
        }
      }
      at = i;
    }
  }

  /** Behind the next marker that stands for something, from a place within entropy-coded data on; -1 if none comes. */
  private static int nextMarker(byte[] bytes, int from) {
    for (int i = from; i + 1 < bytes.length; i++) {
      if (bytes[i] == (byte) 0xFF) {
        int next = bytes[i + 1] & 0xFF;
        if (next != 0 && next != 0xFF && !isAlone(next)) {
          return i + 2;
        }
      }
    }
    return -1;
  }

  private void refuseIfDamaged(List<String> warnings, boolean ended) {
    for (String warning : warnings) {
      // Bytes too many between segments do no harm; what else the decoder calls corrupt are lost pixels.
      if (warning.startsWith("Corrupt JPEG data") && !warning.contains("extraneous")) {
        throw file.refuse((ended ? "damaged" : "ends early") + ", pixels are missing: " + warning.strip());
      }
    }
  }

  /**
   * CMYK as Adobe writes it, 255 for no ink; YCCK has its first three as YCbCr. Light passes through ink after ink:
   * red = cyan * black / 255, and so on. A profile of inks is not applied.
   */
  private Image fromInks(Raster raster) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] rgb = new byte[Samples.count(width, height, 3)];
    int[] row = new int[width * 4];
    for (int y = 0; y < height; y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < width; x++) {
        int at = x * 4;
        if (ycck) {
          toInks(row, at);
        }
        for (int c = 0; c < 3; c++) {
          rgb[(y * width + x) * 3 + c] = (byte) ((row[at + c] * row[at + 3] + 127) / 255);
        }
      }
    }
    return Image.owning(width, height, rgb, null);
  }

  /**
   * YCCK's first three to what CMYK would have in their place, 255 minus the colours of T.871:
   * R = Y + 1.402 (Cr - 128), G = Y - 0.344136 (Cb - 128) - 0.714136 (Cr - 128), B = Y + 1.772 (Cb - 128).
   */
  private static void toInks(int[] row, int at) {
    double y = row[at];
    double cb = row[at + 1] - 128;
    double cr = row[at + 2] - 128;
    row[at] = 255 - clamp(y + 1.402 * cr);
    row[at + 1] = 255 - clamp(y - 0.344136 * cb - 0.714136 * cr);
    row[at + 2] = 255 - clamp(y + 1.772 * cb);
  }

  private static int clamp(double v) {
    return (int) Math.max(0, Math.min(255, Math.round(v)));
  }
}
