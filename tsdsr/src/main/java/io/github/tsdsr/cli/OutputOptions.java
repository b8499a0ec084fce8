package io.github.tsdsr.cli;

import io.github.tsdsr.io.image.ImageFormat;
import io.github.tsdsr.io.image.Images;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** Which pictures are taken, how results are written, and what is told about them. */
final class OutputOptions {
  @Option(names = "--format", paramLabel = "NAME", converter = FormatName.class,
      description = "png, jpg or tif (default: by the output's name, else png).")
  private ImageFormat format;

  @Option(names = "--quality", paramLabel = "N", description = "Quality of jpg, 1 to 100 (default: 95).")
  private Integer quality;

  /** What becomes of files that are there already. */
  private static final class Existing {
    @Option(names = "--overwrite", description = "Replace outputs that are there already.")
    private boolean overwrite;

    @Option(names = "--skip-existing", description = "Leave inputs out whose output is there already.")
    private boolean skip;
  }

  @ArgGroup(exclusive = true)
  private Existing existing = new Existing();

  @Option(names = "--recursive", description = "Pictures in folders below the given ones, too.")
  private boolean recursive;

  @Option(names = "--json", description = "A line of JSON a picture on stdout.")
  private boolean json;

  @Option(names = "--quiet", description = "Errors only.")
  private boolean quiet;

  /** Reads the name of a format that can be written. */
  static final class FormatName implements ITypeConverter<ImageFormat> {
    @Override
    public ImageFormat convert(String text) {
      return OutputFormats.named(text);
    }
  }

  /** The format that was asked for, or null. */
  ImageFormat format() {
    return format;
  }

  boolean overwrite() {
    return existing.overwrite;
  }

  boolean skipExisting() {
    return existing.skip;
  }

  boolean recursive() {
    return recursive;
  }

  boolean json() {
    return json;
  }

  boolean quiet() {
    return quiet;
  }

  /**
   * The quality of JPEG files.
   *
   * @throws IllegalArgumentException if it is out of range, or given while no output is one
   */
  int quality(List<PictureJobs.Job> jobs) {
    if (quality == null) {
      return Images.DEFAULT_QUALITY;
    }
    if (quality < 1 || quality > 100) {
      throw new IllegalArgumentException("--quality " + quality + ": expected 1 to 100");
    }
    if (jobs.stream().noneMatch(job -> job.format() == ImageFormat.JPEG)) {
      throw new IllegalArgumentException("--quality is for jpg, which no output is; add --format jpg");
    }
    return quality;
  }
}
