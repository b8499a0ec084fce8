package io.github.tsdsr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tsdsr.io.image.ImageFormat;
import io.github.tsdsr.io.image.Images;
import io.github.tsdsr.metrics.Luma;
import io.github.tsdsr.metrics.Psnr;
import io.github.tsdsr.metrics.Ssim;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.train.TinyRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EvaluateCommandTest {
  @TempDir
  private Path folder;
  private Path pred;
  private Path target;

  @BeforeEach
  void makePictures() throws IOException {
    pred = Files.createDirectories(folder.resolve("pred"));
    target = Files.createDirectories(folder.resolve("target"));
    write(target.resolve("a.png"), TinyRun.picture(40, 1));
    write(target.resolve("b.v2.png"), TinyRun.picture(40, 2));
    write(pred.resolve("a_x4.png"), TinyRun.picture(40, 1));
    write(pred.resolve("b.v2.png"), TinyRun.picture(40, 3));
  }

  private static void write(Path file, BytePixels picture) throws IOException {
    Images.write(Pictures.image(picture), file, ImageFormat.PNG);
  }

  private CommandRun evaluate(Object... more) {
    return CommandRun.of(Stream.concat(Stream.of("evaluate", "--pred", pred), Stream.of(more)));
  }

  @Test
  void aTableHoldsEveryPictureAndTheMean() {
    CommandRun run = evaluate("--target", target);
    double psnr = Psnr.of(TinyRun.picture(40, 3), TinyRun.picture(40, 2), Luma.YCBCR);
    double ssim = Ssim.of(TinyRun.picture(40, 3), TinyRun.picture(40, 2), Luma.YCBCR);
    assertEquals(List.of(
        "picture     psnr    ssim",
        "a_x4.png   80.00  1.0000",
        String.format(Locale.ROOT, "b.v2.png   %5.2f  %.4f", psnr, ssim),
        "------------------------",
        String.format(Locale.ROOT, "mean of 2  %5.2f  %.4f", (80 + psnr) / 2, (1 + ssim) / 2)), run.out());
    assertEquals(0, run.code(), run.err().toString());
  }

  @Test
  void jsonHoldsTheSameNumbersUnrounded() throws IOException {
    CommandRun run = evaluate("--target", target, "--json", "--metrics", "ssim");
    JsonNode root = new ObjectMapper().readTree(run.out().getFirst());
    assertEquals("b.v2.png", root.at("/pictures/1/name").asText());
    double ssim = Ssim.of(TinyRun.picture(40, 3), TinyRun.picture(40, 2), Luma.YCBCR);
    assertEquals(ssim, root.at("/pictures/1/ssim").asDouble());
    assertEquals((1 + ssim) / 2, root.at("/mean/ssim").asDouble(), 1e-15);
    assertEquals(1, run.out().size());
  }

  @Test
  void picturesThatCannotBeMeasuredAreNamedAndTheOthersAre() throws IOException {
    write(pred.resolve("lonely.png"), TinyRun.picture(40, 1));
    write(pred.resolve("b.v2.png"), TinyRun.picture(36, 2));
    Files.writeString(pred.resolve("c.jpg"), "no picture");
    CommandRun run = evaluate("--target", target);
    assertEquals(1, run.code());
    assertEquals(List.of(
        "tsdsr: " + pred + "/b.v2.png: 36x36, expected 40x40 as " + target + "/b.v2.png has",
        "tsdsr: " + pred + "/lonely.png: no picture of that name in " + target),
        List.of(run.err().get(0), run.err().get(2)));
    assertTrue(run.err().get(1).startsWith("tsdsr: " + pred + "/c.jpg: "), run.err().get(1));
    assertEquals("mean of 1  80.00  1.0000", run.out().getLast());
  }

  @Test
  void nothingMeasuredIsExitCode2() throws IOException {
    Files.delete(pred.resolve("a_x4.png"));
    Files.delete(target.resolve("b.v2.png"));
    CommandRun run = evaluate("--target", target);
    assertEquals(2, run.code());
    assertEquals(List.of(), run.out());
  }

  @Test
  void wrongUsageIsOneLine() {
    assertEquals(List.of("tsdsr: metric 'lpips' is not known: expected psnr, ssim, niqe"),
        evaluate("--target", target, "--metrics", "psnr,lpips").err());
    assertEquals(List.of("tsdsr: --target is missing: psnr and ssim compare with it"), evaluate().err());
    CommandRun run = evaluate("--target", folder.resolve("none"));
    assertEquals(List.of("tsdsr: " + folder + "/none: no such folder; expected one with photos"), run.err());
    assertEquals(2, run.code());
  }

  @Test
  void niqeNeedsNoTargetButLargeEnoughPictures() throws IOException {
    Files.delete(pred.resolve("b.v2.png"));
    write(pred.resolve("large.png"), TinyRun.picture(200, 1));
    CommandRun run = evaluate("--metrics", "niqe");
    assertEquals(1, run.code());
    assertTrue(run.err().getFirst().startsWith("tsdsr: " + pred + "/a_x4.png: NIQE of a picture of 40x40"),
        run.err().toString());
    assertTrue(run.out().get(1).matches("large.png +\\d+\\.\\d{3}"), run.out().toString());
  }
}
