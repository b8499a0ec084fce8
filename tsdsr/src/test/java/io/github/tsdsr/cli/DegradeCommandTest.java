package io.github.tsdsr.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tsdsr.infer.TestPictures;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.image.Image;
import io.github.tsdsr.io.image.ImageFormat;
import io.github.tsdsr.io.image.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DegradeCommandTest {
  @TempDir
  private Path folder;
  private Path in;

  private static CommandRun degrade(Object... arguments) {
    return CommandRun.of(Stream.concat(Stream.of("degrade"), Stream.of(arguments)));
  }

  private void picture(String name) throws IOException {
    Path file = in.resolve(name);
    Files.createDirectories(file.getParent());
    Images.write(TestPictures.image(61, 44), file, ImageFormat.ofName(name).orElseThrow());
  }

  @BeforeEach
  void pictures() throws IOException {
    in = folder.resolve("in");
    for (String name : List.of("a.png", "b.png", "c.jpg", "d.png", "deep/a.png", "deep/e.png")) {
      picture(name);
    }
  }

  private static List<String> files(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).map(f -> folder.relativize(f).toString()).sorted().toList();
    }
  }

  private static List<byte[]> bytes(Path folder) throws IOException {
    List<byte[]> bytes = new ArrayList<>();
    for (String file : files(folder)) {
      bytes.add(Files.readAllBytes(folder.resolve(file)));
    }
    return bytes;
  }

  private static void assertSame(List<byte[]> want, List<byte[]> got) {
    assertEquals(want.size(), got.size());
    for (int i = 0; i < want.size(); i++) {
      assertArrayEquals(want.get(i), got.get(i));
    }
  }

  @Test
  void aSeedGivesTheSameBytesForAnyNumberOfThreadsAndInAnyCompany() throws IOException {
    List<byte[]> one = null;
    for (int threads : new int[] {1, 2, 5}) {
      Path out = folder.resolve("out" + threads);
      CommandRun run = degrade(in, "--recursive", "-o", out, "--seed", 7, "--threads", threads);
      assertEquals(0, run.code(), run.err().toString());
      assertEquals(List.of("a.png", "b.png", "c.png", "d.png", "deep/a.png", "deep/e.png"), files(out));
      one = one == null ? bytes(out) : one;
      assertSame(one, bytes(out));
    }
    Set<Integer> different = new HashSet<>();
    one.forEach(b -> different.add(Arrays.hashCode(b)));
    // The same picture under six names.
    assertEquals(6, different.size());
    Path alone = folder.resolve("alone");
    assertEquals(0, degrade(in.resolve("d.png"), "-o", alone, "--seed", 7).code());
    assertArrayEquals(one.get(3), Files.readAllBytes(alone.resolve("d.png")));
    assertEquals(0, degrade(in.resolve("d.png"), "-o", alone, "--seed", 8, "--overwrite").code());
    assertFalse(Arrays.equals(one.get(3), Files.readAllBytes(alone.resolve("d.png"))));
  }

  @Test
  void sidesAreDividedByTheScaleOrBroughtBack() throws IOException {
    Path a = in.resolve("a.png");
    assertEquals(0, degrade(a, "-o", folder.resolve("x4")).code());
    Image small = Images.read(folder.resolve("x4/a.png"));
    assertEquals("15x11", small.width() + "x" + small.height());
    assertEquals(0, degrade(a, "-o", folder.resolve("x2"), "--scale", 2).code());
    assertEquals(30, Images.read(folder.resolve("x2/a.png")).width());
    assertEquals(0, degrade(a, "-o", folder.resolve("back"), "--enlarge").code());
    Image back = Images.read(folder.resolve("back/a.png"));
    assertEquals("61x44", back.width() + "x" + back.height());
  }

  @Test
  void aConfigurationChoosesTheDegradation() throws IOException {
    Path a = in.resolve("a.png");
    Path config = Files.writeString(folder.resolve("d.yaml"), "jpeg_range: [10, 20]\nnoise_range2: 3\n");
    assertEquals(0, degrade(a, "-o", folder.resolve("default")).code());
    assertEquals(0, degrade(a, "-o", folder.resolve("file"), "--config", config).code());
    assertEquals(
        0, degrade(a, "-o", folder.resolve("set"), "--set", "jpeg_range=[10, 20]", "--set", "noise_range2=3").code());
    assertSame(bytes(folder.resolve("file")), bytes(folder.resolve("set")));
    assertFalse(Arrays.equals(bytes(folder.resolve("file")).getFirst(), bytes(folder.resolve("default")).getFirst()));
    Path simple = Files.writeString(folder.resolve("simple.yaml"), "kind: simple\nblur: [1, 2]\n");
    // The simple degradation wants whole multiples of its scale.
    CommandRun run = degrade(a, "-o", folder.resolve("simple"), "--config", simple);
    assertEquals(2, run.code());
    assertEquals(List.of("tsdsr: " + a + ": a picture of 61x44 with 3 channels: expected RGB and sides that are"
        + " multiples of 4"), run.err());
    Path even = folder.resolve("even.png");
    Images.write(TestPictures.image(40, 44), even, ImageFormat.PNG);
    assertEquals(0, degrade(even, "-o", folder.resolve("simple"), "--config", simple).code());
  }

  @Test
  void profileAndOrientationAreKeptAndTransparencyIsNot() throws IOException {
    Path icc = GoldenFiles.path("pipeline/inputs/icc_32x24.png");
    Path rgba = GoldenFiles.path("pipeline/inputs/rgba_32x24.png");
    Path exif = GoldenFiles.path("pipeline/inputs/exif6_32x24.jpg");
    assertEquals(0, degrade(icc, rgba, exif, "-o", folder.resolve("out")).code());
    assertArrayEquals(Images.read(icc).iccProfile().orElseThrow(),
        Images.read(folder.resolve("out/icc_32x24.png")).iccProfile().orElseThrow());
    assertFalse(Images.read(folder.resolve("out/rgba_32x24.png")).hasAlpha());
    assertEquals(6, Images.read(folder.resolve("out/exif6_32x24.png")).width());
  }

  @Test
  void oneBadPictureDoesNotKeepTheOthersFromBeingDone() throws IOException {
    Path bad = Files.writeString(in.resolve("bad.png"), "not a picture at all");
    Path out = folder.resolve("out");
    CommandRun run = degrade(in, "-o", out, "--json", "--threads", 3);
    assertEquals(1, run.code());
    assertEquals(5, run.out().size());
    int done = 0;
    for (String line : run.out()) {
      done += new ObjectMapper().readTree(line).get("status").asText().equals("done") ? 1 : 0;
    }
    assertEquals(4, done);
    List<String> errors = run.err().stream().filter(line -> line.startsWith("tsdsr: ")).toList();
    assertEquals(1, errors.size());
    assertTrue(errors.getFirst().startsWith("tsdsr: " + bad + ": "), errors.getFirst());
    assertEquals(2, degrade(in, "-o", out).code());
    assertEquals(1, degrade(in, "-o", out, "--skip-existing").code());
    assertEquals(2, degrade(bad, "-o", out).code());
    assertEquals(List.of("a.png", "b.png", "c.png", "d.png"), files(out));
  }

  @Test
  void wrongUsageIsOneLineAndNothingIsDone() throws IOException {
    Path out = folder.resolve("out");
    assertUsage("--output", in);
    assertUsage("INPUT", "-o", out);
    assertUsage("--threads 0: expected at least 1", in, "-o", out, "--threads", 0);
    assertUsage("a scale of 0: expected at least 1", in, "-o", out, "--scale", 0);
    assertUsage("key jpeg is not known", in, "-o", out, "--set", "jpeg=3");
    assertUsage("key kind: expected simple or realesrgan, got \"x\"", in, "-o", out, "--set", "kind=x");
    assertUsage("absent.yaml: no such file", in, "-o", out, "--config", folder.resolve("absent.yaml"));
    Path config = Files.writeString(folder.resolve("d.yaml"), "kind: realesrgan\nsinc_prob: 2\n");
    assertUsage("d.yaml: a chance of 2.0 (sinc): expected 0 to 1", in, "-o", out, "--config", config);
    assertUsage(in.resolve("a.png") + " is an input, and the output of", in.resolve("a.png"), "-o", in, "--overwrite");
    assertEquals(List.of(), files(out));
  }

  private static void assertUsage(String expected, Object... arguments) {
    CommandRun run = degrade(arguments);
    assertEquals(2, run.code(), run.toString());
    assertEquals(1, run.err().size(), run.err().toString());
    assertTrue(run.err().getFirst().startsWith("tsdsr: "), run.err().getFirst());
    assertTrue(run.err().getFirst().contains(expected), run.err().getFirst());
    assertEquals(List.of(), run.out());
  }
}
