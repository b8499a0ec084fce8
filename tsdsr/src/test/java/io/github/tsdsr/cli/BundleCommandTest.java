package io.github.tsdsr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleCommandTest {
  @TempDir
  private Path folder;

  private static CommandRun run(Object... arguments) {
    return CommandRun.of(Stream.concat(Stream.of("bundle"), Stream.of(arguments)));
  }

  @Test
  void aMovedBundleUpscalesAPictureWithItsOwnRuntimeAlone() throws Exception {
    assumeTrue(ToolProvider.findFirst("jlink").isPresent(), "this Java has no jlink");
    assumeTrue(!System.getProperty("os.name").startsWith("Windows"), "the launcher for Windows is another one");
    CommandRun run = run("-o", folder.resolve("made"));
    assertEquals(0, run.code(), run.err().toString());
    Path bundle = Files.move(folder.resolve("made"), folder.resolve("moved to another place"));
    Path small = folder.resolve("small 写真.png");
    ImageIO.write(new BufferedImage(8, 6, BufferedImage.TYPE_INT_RGB), "png", small.toFile());
    Path log = folder.resolve("log");
    ProcessBuilder start = new ProcessBuilder(bundle.resolve("tsdsr").toString(), "upscale", small.toString())
        .redirectErrorStream(true).redirectOutput(log.toFile());
    start.environment().keySet().removeIf(name -> name.contains("JAVA") || name.contains("JDK"));
    start.environment().put("TSDSR_JAVA_OPTS", "-Xlog:class+load");
    // A locale that no system has.
    start.environment().put("LC_ALL", "xx_XX.UTF-8");
    Process process = start.start();
    assertTrue(process.waitFor(2, TimeUnit.MINUTES));
    assertEquals(0, process.exitValue(), Files.readString(log));
    assertTrue(Files.readAllLines(log).stream().anyMatch(
        line -> line.endsWith("io.github.tsdsr.infer.OneStepUpscaler source: shared objects file")),
        "it starts from its cache");
    BufferedImage large = ImageIO.read(folder.resolve("small 写真_x4.png").toFile());
    assertEquals(List.of(32, 24), List.of(large.getWidth(), large.getHeight()));
  }

  @Test
  void aFolderOfSomethingElseIsNotReplaced() throws IOException {
    Path photos = Files.createDirectory(folder.resolve("photos"));
    Files.writeString(photos.resolve("a.txt"), "mine");
    CommandRun run = run("-o", photos, "--overwrite");
    assertEquals(2, run.code());
    assertEquals(List.of("tsdsr: " + photos + ": is not a bundle (no runtime/release), so it is not replaced"),
        run.err());
    assertEquals("mine", Files.readString(photos.resolve("a.txt")));
  }
}
