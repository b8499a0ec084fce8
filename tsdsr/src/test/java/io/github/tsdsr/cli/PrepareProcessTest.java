package io.github.tsdsr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.data.pairs.PairFolder;
import io.github.tsdsr.infer.TestPictures;
import io.github.tsdsr.io.file.AtomicFile;
import io.github.tsdsr.io.image.ImageFormat;
import io.github.tsdsr.io.image.Images;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The making of a training set by processes that are ended from outside. */
@DisabledOnOs(OS.WINDOWS)
class PrepareProcessTest {
  private static final int PAIRS = 60;

  @TempDir
  private Path folder;

  private Process start(Path set) throws IOException {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "--add-modules",
        "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
        Main.class.getName(), "prepare"));
    Stream.of(folder.resolve("photos"), "-o", set, "--crop", 64, "--count", PAIRS, "--threads", 2, "--quiet")
        .map(Object::toString).forEach(command::add);
    return new ProcessBuilder(command).redirectOutput(Redirect.DISCARD).redirectError(folder.resolve("err").toFile())
        .start();
  }

  private static int pairs(Path set) throws IOException {
    if (!Files.isDirectory(set.resolve("lr_bicubic"))) {
      return 0;
    }
    try (Stream<Path> files = Files.list(set.resolve("lr_bicubic"))) {
      return (int) files.filter(f -> !AtomicFile.isTemporary(f)).count();
    }
  }

  /** Begins, and returns when there are more pairs than before but not all. */
  private Process amid(Path set, int before) throws Exception {
    Process process = start(set);
    while (process.isAlive() && pairs(set) <= before) {
      Thread.sleep(2);
    }
    return process;
  }

  @Test
  void whatKillsLeaveIsFinishedToTheSameBytes() throws Exception {
    Path photos = Files.createDirectory(folder.resolve("photos"));
    Images.write(TestPictures.image(200, 150), photos.resolve("a.png"), ImageFormat.PNG);
    Images.write(TestPictures.image(90, 130), photos.resolve("b.png"), ImageFormat.PNG);
    Path whole = folder.resolve("whole");
    assertEquals(0, start(whole).waitFor(), () -> said());
    assertEquals(PAIRS, PairFolder.open(whole).size());

    Path killed = folder.resolve("killed");
    Random random = new Random(3);
    int kills = 0;
    for (int i = 0; i < 3; i++) {
      Process process = amid(killed, pairs(killed));
      Thread.sleep(random.nextInt(30));
      kills += process.isAlive() && pairs(killed) < PAIRS ? 1 : 0;
      process.destroyForcibly();
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    }
    assertTrue(kills > 0, "no kill came before the end");
    assertEquals(0, start(killed).waitFor(), () -> said());
    PrepareCommandTest.assertSame(PrepareCommandTest.files(whole), PrepareCommandTest.files(killed));

    // Ctrl-C: one line, the code for it, nothing half-written.
    Path interrupted = folder.resolve("interrupted");
    Process process = amid(interrupted, 0);
    new ProcessBuilder("kill", "-INT", "" + process.pid()).start().waitFor();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assertEquals(130, process.exitValue(), () -> said());
    assertEquals(List.of("tsdsr: interrupted"),
        Files.readAllLines(folder.resolve("err")).stream().filter(l -> l.startsWith("tsdsr")).toList());
    assertTrue(pairs(interrupted) < PAIRS);
    try (Stream<Path> all = Files.walk(interrupted)) {
      assertEquals(List.of(), all.filter(AtomicFile::isTemporary).toList());
    }
  }

  private String said() {
    try {
      return Files.readString(folder.resolve("err"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
