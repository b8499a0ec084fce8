package io.github.tsdsr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.golden.PipelineCase;
import io.github.tsdsr.infer.TestPictures;
import io.github.tsdsr.io.file.AtomicFile;
import io.github.tsdsr.io.image.ImageFormat;
import io.github.tsdsr.io.image.Images;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The program as a process of its own: what it leaves when it is ended from outside. */
class UpscaleProcessTest {
  private static final int PICTURES = 400;

  @TempDir
  private Path folder;

  private Process start(Object... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "--add-modules",
        "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
        "io.github.tsdsr.cli.Main"));
    Stream.of(arguments).map(Object::toString).forEach(command::add);
    return new ProcessBuilder(command).redirectOutput(Redirect.DISCARD).redirectError(folder.resolve("err").toFile())
        .start();
  }

  private Path inputs() throws IOException {
    Path in = Files.createDirectory(folder.resolve("in"));
    for (int i = 0; i < PICTURES; i++) {
      Images.write(TestPictures.image(8, 6), in.resolve("p%03d.png".formatted(i)), ImageFormat.PNG);
    }
    return in;
  }

  private static List<Path> in(Path out) throws IOException {
    if (!Files.isDirectory(out)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(out)) {
      return files.toList();
    }
  }

  /** Ends the program at a random moment after its first picture; all pictures that are there must be whole. */
  private int killed(Path in, Path out, boolean gently, Random random) throws Exception {
    Process process = start(
        "upscale", in, "-o", out, "--model", PipelineCase.model(), "--process-size", 0, "--threads", 1, "--quiet");
    while (process.isAlive() && in(out).isEmpty()) {
      Thread.sleep(5);
    }
    Thread.sleep(random.nextInt(300));
    if (gently) {
      process.destroy();
    } else {
      process.destroyForcibly();
    }
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    List<Path> left = in(out);
    assertTrue(!left.isEmpty() && left.size() < PICTURES,
        left.size() + " files: " + Files.readString(folder.resolve("err")));
    for (Path file : left) {
      if (!file.getFileName().toString().startsWith(".")) {
        assertEquals(32, Images.read(file).width());
      } else {
        assertTrue(!gently, "left behind: " + file);
      }
    }
    if (!gently) {
      nextRunClears(in, out, process.pid());
    }
    return process.exitValue();
  }

  /** What the kill has left, and one more file as it leaves some: whether it strikes in a write is chance. */
  private void nextRunClears(Path in, Path out, long killed) throws Exception {
    Files.createFile(out.resolve(".p000_x4.png." + killed + "-" + UUID.randomUUID() + ".tmp"));
    List<Path> left = in(out).stream().filter(AtomicFile::isTemporary).toList();
    List<Object> again = new ArrayList<>(List.of("upscale", "-o", out, "--model", PipelineCase.model(),
        "--process-size", 0, "--threads", 1, "--quiet", "--overwrite"));
    for (Path file : left) {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(90)));
      again.add(in.resolve(file.getFileName().toString().substring(1, "p000".length() + 1) + ".png"));
    }
    Process next = start(again.toArray());
    assertTrue(next.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, next.exitValue(), Files.readString(folder.resolve("err")));
    assertEquals(List.of(), in(out).stream().filter(AtomicFile::isTemporary).toList());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void endingTheProgramLeavesWholePicturesOrNone() throws Exception {
    Path in = inputs();
    Random random = new Random(1);
    for (int i = 0; i < 2; i++) {
      assertEquals(143, killed(in, folder.resolve("gently" + i), true, random));
      assertEquals(137, killed(in, folder.resolve("forcibly" + i), false, random));
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void ctrlCWhileAModelIsWrittenIsOneLineAndLeavesNothing() throws Exception {
    Path shape = Files.writeString(folder.resolve("shape.yaml"), """
        transformer: {patch_size: 2, in_channels: 4, num_layers: 12, num_attention_heads: 16, attention_head_dim: 64,
          joint_attention_dim: 24, pooled_projection_dim: 12, sample_size: 8, pos_embed_max_size: 8}
        vae: {latent_channels: 4, block_out_channels: [4, 8], layers_per_block: 1, norm_num_groups: 2,
          scaling_factor: 1.5}
        """);
    Path models = Files.createDirectory(folder.resolve("models"));
    Process process = start("init-model", shape, "-o", models.resolve("m"), "--threads", 1);
    while (process.isAlive() && in(models).isEmpty()) {
      Thread.sleep(5);
    }
    Thread.sleep(200);
    new ProcessBuilder("kill", "-INT", "" + process.pid()).start().waitFor();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    // Java itself says that a module is incubating.
    List<String> said = Files.readAllLines(folder.resolve("err")).stream().filter(l -> l.startsWith("tsdsr")).toList();
    assertEquals(List.of("tsdsr: interrupted"), said);
    assertEquals(130, process.exitValue());
    assertEquals(List.of(), in(models));
  }

  @Test
  void aProcessEndsWithTheCommandsCode() throws Exception {
    Process process = start("upscale", folder.resolve("absent.png"), "--model", PipelineCase.model());
    assertEquals(2, process.waitFor());
    // Java itself says that a module is incubating.
    assertEquals("tsdsr: " + folder.resolve("absent.png") + ": no such file",
        Files.readAllLines(folder.resolve("err")).getLast());
  }
}
