package io.github.tsdsr.cli;

import io.github.tsdsr.infer.size.OutputSize;
import io.github.tsdsr.io.image.ImageFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where results go. */
final class OutputNames {
  private final String suffix;
  private final Path output;
  private final ImageFormat asked;
  /** The format by {@code -o}, where that names a file. */
  private final Optional<ImageFormat> ofFile;

  /**
   * @param suffix what an output's name has beyond its input's
   * @param output a file's or folder's name, or null
   * @param format asked for, or null
   * @throws IllegalArgumentException if the output's name asks for a format that is not written, or for another one
   */
  OutputNames(String suffix, String output, ImageFormat format) {
    this.suffix = suffix;
    this.output = output == null ? null : Path.of(output);
    asked = format;
    boolean folder = output == null || output.endsWith("/") || output.endsWith("\\") || Files.isDirectory(this.output);
    ofFile = folder ? Optional.empty() : OutputFormats.ofOutput(this.output.getFileName().toString());
    if (ofFile.isPresent() && format != null && ofFile.get() != format) {
      throw new IllegalArgumentException(
          output + ": the name says " + ofFile.get().extension() + ", --format says " + format.extension());
    }
  }

  /** What a size adds to a name: _x4, _x1.5, _1920x1080, _1920x. */
  static String suffix(OutputSize size) {
    return switch (size) {
      case OutputSize.Scale(double factor) ->
          "_x" + (factor == Math.rint(factor) ? Long.toString((long) factor) : Double.toString(factor));
      case OutputSize.Exactly(int width, int height) -> "_" + width + "x" + height;
      case OutputSize.Width(int width) -> "_" + width + "x";
      case OutputSize.Height(int height) -> "_x" + height;
    };
  }

  /** Whether {@code -o} names the one file that is to be written. */
  boolean isOneFile() {
    return ofFile.isPresent();
  }

  /** The format of outputs. */
  ImageFormat format() {
    return asked != null ? asked : ofFile.orElse(ImageFormat.PNG);
  }

  /**
   * The output of an input.
   *
   * @param below where the input lies below the folder that was given, which the output folder repeats
   */
  Path of(Path input, Path below) {
    if (isOneFile()) {
      return output;
    }
    String name = input.getFileName().toString();
    String stem = name.lastIndexOf('.') > 0 ? name.substring(0, name.lastIndexOf('.')) : name;
    String made = stem + suffix + "." + format().extension();
    return output == null ? input.resolveSibling(made) : output.resolve(below).resolveSibling(made);
  }
}
