package io.github.tsdsr.cli;

import io.github.tsdsr.train.TrainingListener;
import io.github.tsdsr.train.run.TrainingRun;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows how a training run is getting on: a bar where there is a terminal, else a line every few seconds. The values of
 * steps are averaged over the latest ones, for one step's say little.
 */
final class TrainingProgress implements TrainingListener, AutoCloseable {
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
  private static final int BETWEEN_FRAMES_MILLIS = 250;
  private static final double FADE = 0.95;
  private static final String CLEAR_LINE = "\r\033[K";

  /** How much is said. */
  enum Style {
    QUIET, LINES, BAR
  }

  private final PrintStream out;
  private final Style style;
  private final GracefulStop stop;
  private final Map<String, Double> averages = new LinkedHashMap<>();
  private TrainingRun run;
  private ProgressBar bar;
  private long began;
  private long lastLine;

  TrainingProgress(PrintStream out, Style style, GracefulStop stop) {
    this.out = out;
    this.style = style;
    this.stop = stop;
  }

  /** What suits standard error. */
  static Style styleFor(boolean quiet) {
    if (quiet) {
      return Style.QUIET;
    }
    return Terminal.isStderr() ? Style.BAR : Style.LINES;
  }

  @Override
  public void started(TrainingRun started) {
    run = started;
    stop.begin();
    began = System.nanoTime();
    lastLine = began;
    say(String.format(Locale.ROOT, "%,d parameters; %s, %d crops of %dx%d a step; steps %d to %d of %d; in %s",
        run.parameters(), run.pictures(), run.batch(), run.crop(), run.crop(), run.first(), run.last(), run.steps(),
        run.folder()));
    if (style == Style.BAR && run.first() < run.last()) {
      bar = bar();
    }
  }

  private ProgressBar bar() {
    boolean unicode = out.charset().equals(StandardCharsets.UTF_8);
    return new ProgressBarBuilder().setTaskName("train").setInitialMax(run.last())
        .startsFrom(run.first(), Duration.ZERO).setUpdateIntervalMillis(BETWEEN_FRAMES_MILLIS)
        .setStyle(unicode ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
        .setConsumer(new ConsoleProgressBarConsumer(out)).build();
  }

  @Override
  public void stepped(long done, Map<String, Double> values) {
    values.forEach((name, value) -> averages.merge(
        name, value, (old, now) -> name.startsWith("rate") ? now : FADE * old + (1 - FADE) * now));
    if (bar != null) {
      Map<String, Double> losses = new LinkedHashMap<>(averages);
      // What a bar has no room for.
      losses.keySet().removeIf(name -> name.startsWith("norm") || name.startsWith("rate"));
      bar.setExtraMessage(listed(losses));
      bar.stepTo(done);
    }
    long now = System.nanoTime();
    if (style == Style.LINES && (now - lastLine >= BETWEEN_LINES.toNanos() || done == run.last())) {
      lastLine = now;
      double each = (now - began) / 1e9 / (done - run.first());
      say(String.format(Locale.ROOT, "step %d/%d %s  %.3g s/step  %s left", done, run.steps(), listed(averages), each,
          left(each * (run.last() - done))));
    }
  }

  @Override
  public void validated(long done, Map<String, Double> measures) {
    say("validated after " + done + " steps:" + listed(measures));
  }

  private static String listed(Map<String, Double> values) {
    StringBuilder line = new StringBuilder();
    values.forEach((name, v) -> line.append("  ").append(name).append(String.format(Locale.ROOT, " %.4g", v)));
    return line.toString();
  }

  private static String left(double seconds) {
    long s = Math.round(seconds);
    return String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
  }

  @Override
  public void note(String line) {
    say(line);
  }

  @Override
  public void warning(String line) {
    print("tsdsr: " + line);
  }

  private void say(String line) {
    if (style != Style.QUIET) {
      print(line);
    }
  }

  private void print(String line) {
    out.println(bar == null ? line : CLEAR_LINE + line);
  }

  @Override
  public boolean stopRequested() {
    return stop.requested();
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
