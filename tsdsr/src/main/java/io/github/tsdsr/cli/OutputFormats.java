package io.github.tsdsr.cli;

import io.github.tsdsr.io.image.ImageFormat;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.TypeConversionException;

/** The kinds of picture file that can be written, and how they are asked for. */
final class OutputFormats {
  private static final String WRITABLE = Arrays.stream(ImageFormat.values()).filter(ImageFormat::isWritable)
      .map(ImageFormat::extension).collect(Collectors.joining(", "));

  private OutputFormats() {}

  /** The format of that name, in any case of letters. */
  static ImageFormat named(String name) {
    return writable(ImageFormat.ofName("." + name)).orElseThrow(
        () -> new TypeConversionException("pictures are not written as " + name + ", expected one of " + WRITABLE));
  }

  /**
   * The format that an output's name asks for; none where it has no extension.
   *
   * @throws IllegalArgumentException if it is one that is not written
   */
  static Optional<ImageFormat> ofOutput(String fileName) {
    if (fileName.lastIndexOf('.') < 1) {
      return Optional.empty();
    }
    Optional<ImageFormat> format = writable(ImageFormat.ofName(fileName));
    if (format.isEmpty()) {
      throw new IllegalArgumentException(
          fileName + ": pictures are not written as " + fileName.substring(fileName.lastIndexOf('.') + 1)
              + ", expected one of " + WRITABLE);
    }
    return format;
  }

  private static Optional<ImageFormat> writable(Optional<ImageFormat> format) {
    return format.filter(ImageFormat::isWritable);
  }
}
