package io.github.tsdsr.io.image;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.file.AtomicFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Reads and writes picture files. The content decides what a file is, not its name. Every method may be called by
 * several threads at a time; none leaves a file behind or changes a setting of the program.
 *
 * <p>Read: PNG, JPEG (also CMYK), WebP, TIFF, BMP, GIF; of several pictures in a file the first. Written: PNG, JPEG and TIFF.
 */
public final class Images {
  /** The quality that {@link #write(Image, Path, ImageFormat)} gives a JPEG file. */
  public static final int DEFAULT_QUALITY = 95;

  private Images() {}

  /** {@link #read(Path, Limits)} with {@link Limits#DEFAULT}. */
  public static Image read(Path file) throws IOException {
    return read(file, Limits.DEFAULT);
  }

  /**
   * Reads a picture as it is stored; {@link Image#upright} turns it as it is to be shown.
   *
   * @throws FormatException if it is no such picture, damaged, cut off, or beyond the limits; in one line that names the
   *     file
   * @throws IOException if the file cannot be read
   */
  public static Image read(Path file, Limits limits) throws IOException {
    limits.checkFileBytes(file.toString(), Files.size(file));
    return read(Files.readAllBytes(file), file.toString(), limits);
  }

  /** {@link #read(InputStream, String, Limits)} with {@link Limits#DEFAULT}. */
  public static Image read(InputStream stream, String name) throws IOException {
    return read(stream, name, Limits.DEFAULT);
  }

  /**
   * Reads a picture from a stream up to its end; the stream stays open.
   *
   * @param name what messages call it
   * @throws FormatException as {@link #read(Path, Limits)}
   * @throws IOException if the stream fails
   */
  public static Image read(InputStream stream, String name, Limits limits) throws IOException {
    byte[] bytes = stream.readNBytes((int) limits.maxFileBytes() + 1);
    limits.checkFileBytes(name, bytes.length);
    return read(bytes, name, limits);
  }

  /** {@link #read(byte[], String, Limits)} with {@link Limits#DEFAULT}. */
  public static Image read(byte[] bytes, String name) {
    return read(bytes, name, Limits.DEFAULT);
  }

  /**
   * Reads a picture from a file's bytes.
   *
   * @param name what messages call it
   * @throws FormatException as {@link #read(Path, Limits)}
   */
  public static Image read(byte[] bytes, String name, Limits limits) {
    return PictureFile.parse(ByteView.of(bytes, name), limits).decode(bytes);
  }

  /** {@link #probe(Path, Limits)} with {@link Limits#DEFAULT}. */
  public static ImageInfo probe(Path file) throws IOException {
    return probe(file, Limits.DEFAULT);
  }

  /**
   * What a file's header says, without decoding it. Refuses what a header alone gives away; pixels may still be damaged.
   *
   * @throws FormatException if it is no such picture, or beyond the limits
   * @throws IOException if the file cannot be read
   */
  public static ImageInfo probe(Path file, Limits limits) throws IOException {
    try (Arena arena = Arena.ofConfined(); FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      limits.checkFileBytes(file.toString(), channel.size());
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return PictureFile.parse(new ByteView(bytes, file.toString()), limits).info();
    }
  }

  /** {@link #write(Image, Path, ImageFormat, int)} with {@link #DEFAULT_QUALITY}. */
  public static void write(Image image, Path file, ImageFormat format) throws IOException {
    write(image, file, format, DEFAULT_QUALITY);
  }

  /**
   * Writes a picture with its bits a sample (JPEG: 8) and its colour profile. The file appears whole or not at all: the bytes go to
   * another name in the same folder, to the disk, and only then to this name, whose old file is replaced. PNG and
   * TIFF keep alpha; for JPEG, which has none, transparent pixels are blended with white. The orientation is applied, not noted.
   *
   * @param format {@link ImageFormat#PNG}, {@link ImageFormat#JPEG} or {@link ImageFormat#TIFF}
   * @param quality of a JPEG file, 1 to 100; from 90 on, colour is kept at full resolution
   * @throws IllegalArgumentException if the format cannot be written, the quality is out of range, or the picture is too
   *     large for the format
   * @throws IOException if it cannot be written; then there is no new file
   */
  public static void write(Image image, Path file, ImageFormat format, int quality) throws IOException {
    ByteArrayOutputStream encoded = encoded(image, format, quality);
    AtomicFile.write(file, channel -> encoded.writeTo(Channels.newOutputStream(channel)));
  }

  /**
   * {@link #write(Image, Path, ImageFormat, int)} of a new file: one that is there, or has appeared meanwhile, stays.
   *
   * @throws FileAlreadyExistsException if the name is taken when the picture is to get it
   */
  public static void create(Image image, Path file, ImageFormat format, int quality) throws IOException {
    ByteArrayOutputStream encoded = encoded(image, format, quality);
    AtomicFile.create(file, channel -> encoded.writeTo(Channels.newOutputStream(channel)));
  }

  /** Encodes first, so that a kill finds as little as possible between the temporary file's making and its last name. */
  private static ByteArrayOutputStream encoded(Image image, ImageFormat format, int quality) throws IOException {
    Image shown = image.upright();
    ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 16);
    switch (format) {
      case PNG -> PngEncoder.write(shown, out);
      case JPEG -> {
        JpegEncoder.check(shown, quality);
        JpegEncoder.write(shown, quality, out);
      }
      case TIFF -> {
        TiffEncoder.check(shown);
        TiffEncoder.write(shown, out);
      }
      default -> throw new IllegalArgumentException(
          "pictures are not written as " + format + ", expected PNG, JPEG or TIFF");
    }
    return out;
  }
}
