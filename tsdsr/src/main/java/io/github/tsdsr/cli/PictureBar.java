package io.github.tsdsr.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** The bar of a terminal: pictures done, and time left. */
final class PictureBar implements AutoCloseable {
  /** Steps of the bar a picture. */
  private static final int STEPS = 1000;
  private static final int BETWEEN_FRAMES_MILLIS = 200;
  private static final int NAME = 30;
  private static final String CLEAR_LINE = "\r\033[K";

  private final PrintStream to;
  private final ProgressBar bar;

  private PictureBar(PrintStream to, ProgressBar bar) {
    this.to = to;
    this.bar = bar;
  }

  /** A bar, or null where the library for it is not on the class path. */
  static PictureBar open(PrintStream to, String task, int pictures) {
    try {
      boolean unicode = to.charset().equals(StandardCharsets.UTF_8);
      return new PictureBar(to, new ProgressBarBuilder().setTaskName(task).setInitialMax((long) pictures * STEPS)
          .setUnit(pictures == 1 ? " picture" : " pictures", STEPS).setUpdateIntervalMillis(BETWEEN_FRAMES_MILLIS)
          .setStyle(unicode ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
          .setConsumer(new ConsoleProgressBarConsumer(to)).build());
    } catch (NoClassDefFoundError e) {
      return null;
    }
  }

  void begins(int before, String name) {
    bar.setExtraMessage(" " + (name.length() > NAME ? name.substring(0, NAME - 3) + "..." : name));
    at(before);
  }

  /** So many pictures are done. */
  void at(double pictures) {
    bar.stepTo(Math.round(pictures * STEPS));
  }

  /** Makes room for a line of whatever stream: the bar comes again below it. */
  void clear() {
    to.print(CLEAR_LINE);
    to.flush();
  }

  @Override
  public void close() {
    bar.close();
  }
}
