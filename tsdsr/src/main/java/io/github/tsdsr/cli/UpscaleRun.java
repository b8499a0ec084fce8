package io.github.tsdsr.cli;

import io.github.tsdsr.infer.OneStepUpscaler;
import io.github.tsdsr.infer.Progress;
import io.github.tsdsr.io.image.Image;
import io.github.tsdsr.io.image.Images;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Upscales pictures one after the other; one that fails does not keep the others from being done. */
final class UpscaleRun {
  private final OneStepUpscaler upscaler;
  private final UpscaleJobs jobs;
  private final UpscaleReport report;
  private final WriteGuard guard;
  private final int quality;
  private final boolean overwrite;
  private final boolean skipExisting;
  private int good;
  private int bad;
  private boolean machineFailed;

  UpscaleRun(
      OneStepUpscaler upscaler, UpscaleJobs jobs, UpscaleReport report, WriteGuard guard, int quality,
      boolean overwrite, boolean skipExisting) {
    this.upscaler = upscaler;
    this.jobs = jobs;
    this.report = report;
    this.guard = guard;
    this.quality = quality;
    this.overwrite = overwrite;
    this.skipExisting = skipExisting;
  }

  /** Does all and gives the exit code. */
  int run() {
    for (String problem : jobs.problems()) {
      bad++;
      report.problem(problem);
    }
    for (UpscaleJobs.Job job : jobs.jobs()) {
      try {
        one(job);
        good++;
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        int code = Failures.exitCode(e);
        if (guard.requested() || code == ExitCode.INTERRUPTED) {
          return ExitCode.INTERRUPTED;
        }
        bad++;
        machineFailed |= code == ExitCode.MACHINE;
        report.failed(job, Failures.message(e, job.input()));
      }
    }
    if (machineFailed) {
      return ExitCode.MACHINE;
    }
    if (bad == 0) {
      return ExitCode.OK;
    }
    return good == 0 ? ExitCode.NOTHING_DONE : ExitCode.SOME_FAILED;
  }

  private void one(UpscaleJobs.Job job) throws IOException {
    Path output = job.output();
    boolean exists = Files.exists(output);
    if (exists && skipExisting) {
      report.skipped(job);
      return;
    }
    if (exists && !overwrite) {
      throw new FileAlreadyExistsException(
          output.toString(), null, "is there already; replace it with --overwrite, or leave it with --skip-existing");
    }
    long start = System.nanoTime();
    report.begins(job);
    Image picture = Images.read(job.input());
    Progress progress = (done, total) -> {
      report.advanced((double) done / total);
      return !guard.requested();
    };
    Image large = upscaler.upscale(picture, upscaler.settings(), progress);
    if (output.toAbsolutePath().getParent() != null) {
      Files.createDirectories(output.toAbsolutePath().getParent());
    }
    // Much can have happened meanwhile: without --overwrite a file that has appeared stays.
    guard.write(() -> {
      if (overwrite) {
        Images.write(large, output, job.format(), quality);
      } else {
        Images.create(large, output, job.format(), quality);
      }
    });
    report.done(job, picture, large, (System.nanoTime() - start) / 1e9);
  }
}
