package io.github.tsdsr.io.image;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The kinds of picture file. */
public enum ImageFormat {
  PNG("png"),
  JPEG("jpg", "jpeg", "jpe", "jfif"),
  WEBP("webp"),
  TIFF("tif", "tiff"),
  BMP("bmp", "dib"),
  GIF("gif");

  private static final String PNG_SIGNATURE = "\u0089PNG\r\n\u001a\n";

  private final String[] extensions;

  ImageFormat(String... extensions) {
    this.extensions = extensions;
  }

  /** The usual extension of such a file's name, without a dot. */
  public String extension() {
    return extensions[0];
  }

  /** Whether {@link Images#write} can write it. */
  public boolean isWritable() {
    return this == PNG || this == JPEG || this == TIFF;
  }

  /** All extensions that {@link #ofName} knows, without dots, sorted. */
  public static List<String> extensions() {
    return Arrays.stream(values()).flatMap(format -> Arrays.stream(format.extensions)).sorted().toList();
  }

  /** The format that a file's name announces by its extension, in any case of letters. */
  public static Optional<ImageFormat> ofName(String fileName) {
    String extension = fileName.substring(fileName.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    for (ImageFormat format : values()) {
      for (String known : format.extensions) {
        if (fileName.contains(".") && known.equals(extension)) {
          return Optional.of(format);
        }
      }
    }
    return Optional.empty();
  }

  /** The format by the file's first bytes. */
  static ImageFormat of(ByteView file) {
    if (file.size() == 0) {
      throw file.refuse("an empty file, expected a picture");
    }
    if (file.holds(0, PNG_SIGNATURE)) {
      return PNG;
    }
    if (file.holds(0, "\u00ff\u00d8\u00ff")) {
      return JPEG;
    }
    if (file.holds(0, "RIFF") && file.holds(8, "WEBP")) {
      return WEBP;
    }
    if (file.holds(0, "II*\0") || file.holds(0, "MM\0*") || file.holds(0, "II+\0") || file.holds(0, "MM\0+")) {
      return TIFF;
    }
    if (file.holds(0, "GIF87a") || file.holds(0, "GIF89a")) {
      return GIF;
    }
    if (file.holds(0, "BM") && file.size() > 18 && file.u32le(14) >= 12 && file.u32le(14) <= 128) {
      return BMP;
    }
    String found = file.holds(4, "ftyp") ? "an AVIF or HEIF picture" : "not a picture that can be read";
    throw file.refuse(found + ", expected PNG, JPEG, WebP, TIFF, BMP or GIF");
  }
}
