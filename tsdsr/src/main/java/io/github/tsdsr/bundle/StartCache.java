package io.github.tsdsr.bundle;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;

/**
 * What a bundle's first run loads and learns, kept for all later ones: an AOT cache (JEP 483 and 515), with which they start sooner.
 * The run shows at once that the bundle works.
 */
final class StartCache {
  /** The launcher takes it where it lies beside it. */
  private static final String NAME = "tsdsr.aot";
  private static final int SIDE = 128;

  private StartCache() {}

  /**
   * Runs a bundle's launcher, which puts the cache beside it, or where this Java makes none, leaves it out.
   *
   * @throws IOException if the run fails, with the last line of what it printed
   */
  static void make(Path launcher) throws IOException {
    Path work = Files.createTempDirectory("tsdsr-bundle");
    Path small = work.resolve("small.jpg");
    Path large = work.resolve("large.png");
    Path log = work.resolve("log");
    try {
      ImageIO.write(picture(), "jpg", small.toFile());
      ProcessBuilder run = new ProcessBuilder(
          launcher.toAbsolutePath().toString(), "upscale", small.toString(), "-o", large.toString(), "--quiet")
              .directory(launcher.toAbsolutePath().getParent().toFile())
              .redirectErrorStream(true).redirectOutput(log.toFile());
      // A name without a folder, since the launcher splits the options at blanks.
      run.environment().put("TSDSR_JAVA_OPTS", "-XX:AOTCacheOutput=" + NAME);
      int code = end(run.start());
      if (code != 0) {
        List<String> lines = Files.readAllLines(log);
        throw new IOException(
            "the bundle's first run: " + (lines.isEmpty() ? "exit code " + code : lines.getLast()));
      }
    } finally {
      for (Path file : List.of(small, large, log, work)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static BufferedImage picture() {
    BufferedImage picture = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.setPaint(new GradientPaint(0, 0, Color.ORANGE, SIDE, SIDE, Color.BLUE));
    graphics.fillRect(0, 0, SIDE, SIDE);
    graphics.dispose();
    return picture;
  }

  private static int end(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    } finally {
      process.destroy();
    }
  }
}
