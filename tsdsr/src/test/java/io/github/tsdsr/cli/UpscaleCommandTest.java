package io.github.tsdsr.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tsdsr.golden.GoldenPictures;
import io.github.tsdsr.golden.PipelineCase;
import io.github.tsdsr.infer.OneStepUpscaler;
import io.github.tsdsr.infer.TestPictures;
import io.github.tsdsr.infer.UpscalerOptions;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.image.Image;
import io.github.tsdsr.io.image.ImageFormat;
import io.github.tsdsr.io.image.Images;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.Pictures;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpscaleCommandTest {
  @TempDir
  private Path folder;

  private static CommandRun upscale(Object... arguments) {
    return CommandRun.of(
        Stream.concat(Stream.of("upscale", "--model", PipelineCase.model(), "--process-size", 0),
            Stream.of(arguments)));
  }

  private Path picture(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Images.write(TestPictures.image(6, 4), file, ImageFormat.ofName(name).orElseThrow());
    return file;
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).map(f -> folder.relativize(f).toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a_wavelet", "b_small_adain", "f_all_tiles", "g_palette", "h_no_adapters"})
  void compatGivesThePublishedProgramsPictures(String name) throws IOException {
    PipelineCase c = PipelineCase.all().filter(p -> p.name().equals(name)).findFirst().orElseThrow();
    Path out = folder.resolve("out.png");
    CommandRun run = CommandRun.of(
        Stream.concat(Stream.of("upscale", GoldenFiles.path(c.input()), "-o", out), c.arguments().stream()));
    assertEquals(0, run.code(), run.err().toString());
    BytePixels expected = GoldenPictures.png(c.output());
    BytePixels got = Pictures.rgb(Images.read(out));
    assertEquals(expected.width(), got.width());
    int off = 0;
    for (int i = 0; i < expected.samples().length; i++) {
      int difference = Math.abs((expected.samples()[i] & 0xFF) - (got.samples()[i] & 0xFF));
      assertTrue(difference <= 2, "value " + i + " is off by " + difference);
      off += difference == 0 ? 0 : 1;
    }
    assertTrue(off <= expected.samples().length / 200);
  }

  @Test
  void theResultLiesBesideTheInputAndItsNameSaysHowLarge() throws IOException {
    Path in = picture("my photo.v2.jpg");
    CommandRun run = upscale(in);
    assertEquals(0, run.code(), run.err().toString());
    Path out = folder.resolve("my photo.v2_x4.png");
    assertEquals(List.of(out.toString()), run.out());
    assertEquals(24, Images.read(out).width());
    assertEquals(1, run.err().size());
    assertTrue(run.err().getFirst().startsWith(in + ": 6x4 to 24x16 in "), run.err().getFirst());
    assertEquals(0, upscale(in, "--scale", 2, "--quiet").code());
    assertEquals(0, upscale(in, "--size", "18x", "--format", "jpg", "--quality", 80).code());
    assertEquals(
        List.of("my photo.v2.jpg", "my photo.v2_18x.jpg", "my photo.v2_x2.png", "my photo.v2_x4.png"), files());
    assertEquals(12, Images.read(folder.resolve("my photo.v2_18x.jpg")).height());
  }

  @Test
  void namesInAnyScriptAreKept() throws IOException {
    Path in = picture("фото 写真 ñ😀.png");
    assertEquals(0, upscale(in, "--json").code());
    assertTrue(files().contains("фото 写真 ñ😀_x4.png"), files().toString());
  }

  @Test
  void whatCannotBeAFilesNameIsNamed() throws IOException {
    // Half of a pair: no character, so no encoding has it.
    assertUsage("(INPUT): half?.png: not a file's name: ", "half\uD83D.png");
    assertUsage("tsdsr: half?.png: not a file's name: ", picture("a.png"), "-o", "half\uD83D.png");
  }

  @Test
  void aFolderIsDoneOnceAndNotItsResults() throws IOException {
    picture("in/b.png");
    picture("in/a.jpg");
    picture("in/.hidden.png");
    picture("in/deep/c.png");
    Files.writeString(folder.resolve("in/notes.txt"), "no picture");
    CommandRun first = upscale(folder.resolve("in"));
    assertEquals(0, first.code(), first.err().toString());
    assertEquals(
        List.of(folder.resolve("in/a_x4.png").toString(), folder.resolve("in/b_x4.png").toString()), first.out());
    CommandRun again = upscale(folder.resolve("in"), "--skip-existing");
    assertEquals(0, again.code());
    assertEquals(List.of(), again.out());
    assertEquals(7, files().size(), files().toString());
  }

  @Test
  void foldersBelowAreRepeatedInTheOutputFolder() throws IOException {
    picture("in/a.png");
    picture("in/deep/er/a.png");
    CommandRun run = upscale(folder.resolve("in"), "--recursive", "-o", folder.resolve("out"));
    assertEquals(0, run.code(), run.err().toString());
    assertEquals(List.of("in/a.png", "in/deep/er/a.png", "out/a_x4.png", "out/deep/er/a_x4.png"), files());
  }

  @Test
  void twoInputsWithOneOutputAreRefusedBeforeAnyWork() throws IOException {
    Path one = picture("one/a.png");
    Path two = picture("two/a.jpg");
    CommandRun run = upscale(one, two, "-o", folder.resolve("out"));
    assertEquals(2, run.code());
    Path output = folder.resolve("out/a_x4.png");
    assertEquals(List.of("tsdsr: " + one + " and " + two + " would both become " + output), run.err());
    assertEquals(2, upscale(one, two, "-o", folder.resolve("out.png")).code());
    assertEquals(2, upscale(one, "-o", one, "--overwrite").code());
    assertEquals(List.of("one/a.png", "two/a.jpg"), files());
  }

  @Test
  void anInputIsNotOverwrittenUnderAnotherOfItsNames() throws IOException {
    Path a = picture("in/a.png");
    Path b = picture("in/a_x4.png");
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("in"));
    CommandRun run = upscale(a, b, "-o", link, "--overwrite");
    assertEquals(2, run.code());
    assertEquals(List.of("tsdsr: " + b + " is an input, and the output of " + a), run.err());
    Path file = Files.createSymbolicLink(folder.resolve("out.png"), a);
    assertEquals(List.of("tsdsr: " + a + " is an input, and the output of " + a),
        upscale(a, "-o", file, "--overwrite").err());
    // Of a whole folder the earlier result is left out, by whatever way the folder is reached.
    assertEquals(0, upscale(folder.resolve("in"), "-o", link, "--overwrite").code());
    assertEquals(24, Images.read(b).width());
    assertEquals(0, upscale(link, "-o", folder.resolve("in"), "--overwrite").code());
    assertEquals(List.of("in/a.png", "in/a_x4.png", "out.png"), files());
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void whatAppearsWhileAPictureIsMadeStays() throws Exception {
    byte[] png = Files.readAllBytes(picture("a.png"));
    Path in = folder.resolve("pipe.png");
    Path out = folder.resolve("out.png");
    assertEquals(0, new ProcessBuilder("mkfifo", in.toString()).start().waitFor());
    // A pipe opens for writing when it is read: by then the program has seen that there is no output yet.
    CompletableFuture<Void> appears = CompletableFuture.runAsync(() -> {
      try (OutputStream pipe = Files.newOutputStream(in, StandardOpenOption.WRITE)) {
        Files.writeString(out, "mine");
        pipe.write(png);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
    CommandRun run = upscale(in, "-o", out);
    appears.get(10, TimeUnit.SECONDS);
    assertEquals(List.of("tsdsr: " + out + ": has appeared meanwhile, and is left as it is"), run.err());
    assertEquals(2, run.code());
    assertEquals("mine", Files.readString(out));
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aFolderThatCannotBeReadIsNamedAndTheOthersAreDone() throws IOException {
    picture("in/a.png");
    picture("in/deep/c.png");
    Path closed = picture("in/closed/b.png").getParent();
    Files.setPosixFilePermissions(closed, Set.of());
    try {
      assumeFalse(Files.isReadable(closed), "the administrator may read everything");
      CommandRun run = upscale(folder.resolve("in"), "--recursive", "--quiet");
      assertEquals(List.of("tsdsr: " + closed + ": access denied"), run.err());
      assertEquals(1, run.code());
    } finally {
      Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    }
    assertEquals(List.of("in/a.png", "in/a_x4.png", "in/closed/b.png", "in/deep/c.png", "in/deep/c_x4.png"), files());
  }

  @Test
  void whatIsThereStaysUnlessAskedFor() throws IOException {
    Path in = picture("a.png");
    Path out = Files.writeString(folder.resolve("a_x4.png"), "mine");
    CommandRun refused = upscale(in);
    assertEquals(2, refused.code());
    assertEquals(
        List.of("tsdsr: " + out + ": is there already; replace it with --overwrite, or leave it with --skip-existing"),
        refused.err());
    assertEquals(0, upscale(in, "--skip-existing").code());
    assertEquals("mine", Files.readString(out));
    assertEquals(0, upscale(in, "--overwrite").code());
    assertEquals(24, Images.read(out).width());
    assertEquals(2, upscale(in, "--overwrite", "--skip-existing").code());
  }

  @Test
  void oneBadPictureDoesNotKeepTheOthersFromBeingDone() throws IOException {
    Path good = picture("good.png");
    Path bad = Files.writeString(folder.resolve("bad.png"), "not a picture at all");
    Path absent = folder.resolve("absent.png");
    CommandRun run = upscale(bad, good, absent, "--json");
    assertEquals(1, run.code());
    assertEquals(3, run.out().size());
    JsonNode failed = new ObjectMapper().readTree(run.out().getFirst());
    assertEquals("failed", failed.get("status").asText());
    assertEquals(bad.toString(), failed.get("input").asText());
    JsonNode done = new ObjectMapper().readTree(run.out().get(1));
    assertEquals("done", done.get("status").asText());
    assertEquals(24, done.get("width").asInt());
    assertEquals(folder.resolve("good_x4.png").toString(), done.get("output").asText());
    List<String> errors = run.err().stream().filter(line -> line.startsWith("tsdsr: ")).toList();
    assertEquals(2, errors.size(), run.err().toString());
    assertTrue(errors.getFirst().startsWith("tsdsr: " + bad + ": "), errors.getFirst());
    assertEquals("tsdsr: " + absent + ": no such file", errors.getLast());
    assertEquals(2, upscale(bad, absent).code());
  }

  @Test
  void anEmptyFolderIsAnInputThatFails() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    CommandRun run = upscale(empty);
    assertEquals(2, run.code());
    assertEquals(List.of("tsdsr: " + empty + ": no pictures in this folder (below it: --recursive)"), run.err());
    assertEquals(1, upscale(empty, picture("a.png")).code());
  }

  @Test
  void alphaOrientationAndProfileReachTheFile() throws IOException {
    Image in = Images.read(GoldenFiles.path("pipeline/inputs/rgba_32x24.png"));
    Path out = folder.resolve("out.png");
    assertEquals(0, upscale(GoldenFiles.path("pipeline/inputs/rgba_32x24.png"), "-o", out).code());
    Image large = Images.read(out);
    assertTrue(large.hasAlpha());
    assertEquals(in.width() * 4, large.width());
    assertEquals(0, upscale(GoldenFiles.path("pipeline/inputs/exif6_32x24.jpg"), "-o", out, "--overwrite").code());
    assertEquals(96, Images.read(out).width());
    assertEquals(0, upscale(GoldenFiles.path("pipeline/inputs/icc_32x24.png"), "-o", out, "--overwrite").code());
    assertArrayEquals(
        Images.read(GoldenFiles.path("pipeline/inputs/icc_32x24.png")).iccProfile().orElseThrow(),
        Images.read(out).iccProfile().orElseThrow());
  }

  @Test
  void fidelityIsTheLibrarys() throws IOException {
    Path in = picture("a.png");
    CommandRun run = CommandRun.of(Stream.of(
        "upscale", in, "-o", folder.resolve("out.png"), "--fidelity", 1, "--threads", 1, "--quiet"));
    assertEquals(0, run.code(), run.err().toString());
    BytePixels out = Pictures.rgb(Images.read(folder.resolve("out.png")));
    assertArrayEquals(upscaled(in, 1).samples(), out.samples());
    assertFalse(Arrays.equals(upscaled(in, 0).samples(), out.samples()));
  }

  private static BytePixels upscaled(Path in, double fidelity) throws IOException {
    try (OneStepUpscaler upscaler =
        OneStepUpscaler.open(UpscalerOptions.defaults().withThreads(1).withFidelity(fidelity))) {
      return Pictures.rgb(upscaler.upscale(Images.read(in)));
    }
  }

  @Test
  void wrongUsageIsOneLineThatSaysWhatWasExpected() throws IOException {
    Path in = picture("a.png");
    assertUsage("webp, expected one of png, jpg, tif", in, "--format", "webp");
    assertUsage("out.webp: pictures are not written as webp, expected one of png, jpg, tif", in, "-o",
        folder.resolve("out.webp"));
    assertUsage("out.jpg: the name says jpg, --format says png", in, "-o", folder.resolve("out.jpg"), "--format",
        "png");
    assertUsage("expected WxH, Wx or xH", in, "--size", "large");
    assertUsage("--scale", in, "--scale", 2, "--size", "20x");
    assertUsage("scale 0.0: expected a number above 0", in, "--scale", 0);
    assertUsage("--quality 101: expected 1 to 100", in, "--format", "jpg", "--quality", 101);
    assertUsage("--quality is for jpg", in, "--quality", 50);
    assertUsage("--align", in, "--align", "sepia");
    assertUsage("8x' is no size", in, "--memory", "8x");
    assertUsage("--threads", in, "--threads", "many");
    assertUsage("threads: expected 1 to 1024, got 100000", in, "--threads", 100_000);
    assertUsage("device cuda: this version has no CUDA device yet", in, "--device", "cuda");
    assertUsage("precision f16: the CPU multiplies in f32 or bf16", in, "--precision", "f16");
    assertUsage("the published rule enlarges by a whole factor", in, "--compat", "--scale", 1.5);
    assertUsage("--unknown", in, "--unknown");
    assertUsage("INPUT");
    assertUsage("(see tsdsr upscale --help)", in, "--unknown");
    assertUsage("--seed is for --sample-latent, which is not given", in, "--seed", 3);
    assertUsage("mutually exclusive", in, "--fidelity", 0.5);
    CommandRun tooMuch = CommandRun.of(Stream.of("upscale", in, "--fidelity", 2));
    assertEquals(2, tooMuch.code());
    assertEquals(
        List.of("tsdsr: fidelity 2.0: expected a number from 0 (the sharp model) to 1 (the faithful one)"),
        tooMuch.err());
    CommandRun noModel = CommandRun.of(Stream.of("upscale", in, "--model", folder.resolve("absent")));
    assertEquals(2, noModel.code());
    assertEquals(
        List.of(
            "tsdsr: " + folder.resolve("absent") + ": not a folder; a model is a folder with transformer/ and vae/"),
        noModel.err());
    assertEquals(List.of("a.png"), files());
  }

  private static void assertUsage(String expected, Object... arguments) {
    CommandRun run = upscale(arguments);
    assertEquals(2, run.code(), run.toString());
    assertEquals(1, run.err().size(), run.err().toString());
    assertTrue(run.err().getFirst().startsWith("tsdsr: "), run.err().getFirst());
    assertTrue(run.err().getFirst().contains(expected), run.err().getFirst());
    assertEquals(List.of(), run.out());
  }

  @Test
  void tooLittleMemoryIsTheMachinesFailure() throws IOException {
    Path in = picture("a.png");
    CommandRun run = upscale(in, "--memory", "64k");
    assertEquals(3, run.code(), run.toString());
    assertEquals(1, run.err().size(), run.err().toString());
    assertFalse(Files.exists(folder.resolve("a_x4.png")));
  }

  @Test
  void quietSaysNothingButErrors() throws IOException {
    CommandRun run = upscale(picture("a.png"), "--quiet");
    assertEquals(new CommandRun(0, List.of(), List.of()), run);
  }
}
