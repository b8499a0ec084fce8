package io.github.tsdsr.cli;

import io.github.tsdsr.infer.Progress;
import io.github.tsdsr.io.file.AtomicFile;
import io.github.tsdsr.io.image.Image;
import io.github.tsdsr.io.image.Images;
import io.github.tsdsr.pixel.RowLoop;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes a picture of each picture; one that fails does not keep the others from being done. */
final class PictureRun {
  /** What is done with a picture. */
  @FunctionalInterface
  interface Work {
    /**
     * The result.
     *
     * @param progress to be told how far it is, and whether to give up
     */
    Image apply(PictureJobs.Job job, Image picture, Progress progress) throws IOException;
  }

  private final PictureJobs jobs;
  private final PictureReport report;
  private final WriteGuard guard;
  private final OutputOptions options;
  private final int quality;
  private final Work work;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger good = new AtomicInteger();
  private final AtomicInteger bad = new AtomicInteger();
  private volatile boolean machineFailed;
  private volatile boolean interrupted;

  /**
   * @param quality of JPEG files
   * @param work called by the threads that {@link #run} is given
   */
  PictureRun(
      PictureJobs jobs, PictureReport report, WriteGuard guard, OutputOptions options, int quality, Work work) {
    this.jobs = jobs;
    this.report = report;
    this.guard = guard;
    this.options = options;
    this.quality = quality;
    this.work = work;
  }

  /**
   * Does all and gives the exit code.
   *
   * @param threads how many pictures are worked on at a time; with 1 it is the caller's thread that does it
   */
  int run(int threads) {
    AtomicFile.removeAbandoned(jobs.jobs().stream().map(PictureJobs.Job::output).toList());
    for (String problem : jobs.problems()) {
      bad.incrementAndGet();
      report.problem(problem);
    }
    if (threads == 1) {
      some();
    } else {
      try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
        RowLoop.on(pool, threads).over(threads, (_, _) -> some());
      }
    }
    if (interrupted) {
      return ExitCode.INTERRUPTED;
    }
    if (machineFailed) {
      return ExitCode.MACHINE;
    }
    if (bad.get() == 0) {
      return ExitCode.OK;
    }
    return good.get() == 0 ? ExitCode.NOTHING_DONE : ExitCode.SOME_FAILED;
  }

  /** Takes one picture after the other, until none is left. */
  private void some() {
    for (int i = next.getAndIncrement(); i < jobs.jobs().size() && !interrupted; i = next.getAndIncrement()) {
      PictureJobs.Job job = jobs.jobs().get(i);
      try {
        one(job);
        good.incrementAndGet();
      } catch (IOException | RuntimeException | OutOfMemoryError e) {
        int code = Failures.exitCode(e);
        if (guard.requested() || code == ExitCode.INTERRUPTED) {
          interrupted = true;
          return;
        }
        bad.incrementAndGet();
        machineFailed |= code == ExitCode.MACHINE;
        report.failed(job, Failures.message(e, job.input()));
      }
    }
  }

  private void one(PictureJobs.Job job) throws IOException {
    Path output = job.output();
    boolean exists = Files.exists(output);
    if (exists && options.skipExisting()) {
      report.skipped(job);
      return;
    }
    if (exists && !options.overwrite()) {
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
    Image result = work.apply(job, picture, progress);
    if (output.toAbsolutePath().getParent() != null) {
      Files.createDirectories(output.toAbsolutePath().getParent());
    }
    // Much can have happened meanwhile: without --overwrite a file that has appeared stays.
    guard.write(() -> {
      if (options.overwrite()) {
        Images.write(result, output, job.format(), quality);
      } else {
        Images.create(result, output, job.format(), quality);
      }
    });
    report.done(job, picture, result, (System.nanoTime() - start) / 1e9);
  }
}
