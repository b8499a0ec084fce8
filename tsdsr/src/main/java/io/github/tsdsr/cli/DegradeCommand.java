package io.github.tsdsr.cli;

import io.github.tsdsr.data.Degradation;
import io.github.tsdsr.data.RandomStream;
import io.github.tsdsr.infer.resize.PillowFilter;
import io.github.tsdsr.infer.resize.PillowResize;
import io.github.tsdsr.io.image.Image;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.pixel.RowLoop;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tsdsr degrade}. */
@Command(
    name = "degrade",
    description = "Makes pictures small and bad, as training does: by the second-order degradation of Real-ESRGAN, or as a"
        + " configuration says. What comes out follows from seed and name alone.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class DegradeCommand implements Callable<Integer> {
  /** About what the steps of a degradation hold at a time. */
  private static final long BYTES_A_PIXEL = 80;

  @Parameters(paramLabel = "INPUT", arity = "1..*", description = "Pictures, and folders of pictures.")
  private List<Path> inputs;

  @Option(names = {"-o", "--output"}, paramLabel = "DIR", required = true,
      description = "The folder that results go to, each under its input's name (or a file, for one picture).")
  private String output;

  @Mixin
  private DegradationOptions degradationOptions;

  @Option(names = "--enlarge", description = "Bring the result back to the input's size by bicubic interpolation.")
  private boolean enlarge;

  @Option(names = "--threads", paramLabel = "N",
      description = "Pictures at a time (default: one a core); the bytes are the same for any number.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Mixin
  private OutputOptions outputOptions;

  @Override
  public Integer call() throws Exception {
    if (threads < 1) {
      throw new IllegalArgumentException("--threads " + threads + ": expected at least 1");
    }
    Degradation degradation = degradationOptions.degradation();
    PictureJobs jobs = PictureJobs.of(
        inputs, outputOptions.recursive(), new OutputNames("", output, outputOptions.format()));
    int quality = outputOptions.quality(jobs.jobs());
    try (WriteGuard guard = new WriteGuard();
        PictureReport report = new PictureReport("degrade", jobs.jobs().size(), outputOptions)) {
      MemoryGate gate = new MemoryGate(Runtime.getRuntime().maxMemory() / 4 * 3);
      PictureRun.Work work = (job, picture, _) -> {
        long bytes = BYTES_A_PIXEL * picture.width() * picture.height();
        return gate.through(bytes, () -> degraded(degradation, name(job), picture));
      };
      return new PictureRun(jobs, report, guard, outputOptions, quality, work).run(threads);
    }
  }

  /** What the random numbers of a picture hang on: where it lies below the folder that was given, less its ending. */
  private static String name(PictureJobs.Job job) {
    String path = job.below().toString().replace('\\', '/');
    return path.replaceFirst("\\.[^./]*$", "");
  }

  private Image degraded(Degradation degradation, String name, Image picture) {
    Image upright = picture.upright();
    BytePixels clean = Pictures.rgb(upright);
    BytePixels small = degradation.degrade(clean, RandomStream.named(degradationOptions.seed(), name));
    BytePixels result = enlarge
        ? PillowResize.resize(small, clean.width(), clean.height(), PillowFilter.BICUBIC, RowLoop.serial())
        : small;
    return Pictures.image(result).withIccProfile(upright.iccProfile());
  }
}
