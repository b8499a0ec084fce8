package io.github.tsdsr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tsdsr.golden.GoldenJson;
import io.github.tsdsr.golden.GoldenPictures;
import io.github.tsdsr.io.GoldenWeights;
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
import java.util.Map;
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
    List<String> unknown = evaluate("--target", target, "--metrics", "psnr,fid").err();
    assertTrue(unknown.getFirst().startsWith("tsdsr: metric 'fid' is not known: expected psnr, ssim, niqe, "),
        unknown.toString());
    assertEquals(List.of("tsdsr: --target is missing: expected what to compare with for psnr, ssim"), evaluate().err());
    assertEquals(
        List.of("tsdsr: metric lpips: expected --lpips-weights with torchvision's alexnet and the package lpips'"
            + " alex.pth"),
        evaluate("--target", target, "--metrics", "psnr,lpips").err());
    assertEquals(List.of("tsdsr: --lpips-weights without lpips: expected --metrics with lpips"),
        evaluate("--target", target, "--lpips-weights", "alex.pth").err());
    assertEquals(
        List.of(
            "tsdsr: metric dists: expected --dists-weights with torchvision's vgg16 and dists-pytorch's weights.pt"),
        evaluate("--target", target, "--metrics", "dists").err());
    assertEquals(List.of("tsdsr: " + folder + "/none.pth: no such file"),
        evaluate("--target", target, "--metrics", "dists", "--dists-weights", folder + "/none.pth").err());
    assertEquals(List.of("tsdsr: " + folder + "/none.pth: no such file"),
        evaluate("--target", target, "--metrics", "lpips", "--lpips-weights", folder + "/none.pth").err());
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

  @Test
  void lpipsOfGoldenPicturesIsThePublishedMetricsWithItsWeightsInTwoFiles() throws IOException {
    Path from = Files.createDirectories(folder.resolve("distorted"));
    Path to = Files.createDirectories(folder.resolve("reference"));
    write(from.resolve("pair1.png"), GoldenPictures.png("metrics/pair1_dist.png"));
    write(to.resolve("pair1.png"), GoldenPictures.png("metrics/pair1_ref.png"));
    Path features = folder.resolve("features.safetensors");
    Path lins = folder.resolve("lins.safetensors");
    GoldenWeights.Manifest alex = GoldenWeights.Manifest.read("metrics/manifests/lpips_alex.json");
    alex.only(t -> t.name().startsWith("features.")).write(features);
    alex.only(t -> t.name().startsWith("lin")).write(lins);
    CommandRun run = CommandRun.of(Stream.of(
        "evaluate", "--pred", from, "--target", to, "--metrics", "lpips,psnr", "--lpips-weights",
        features + "," + lins, "--json"));
    assertEquals(0, run.code(), run.err().toString());
    JsonNode root = new ObjectMapper().readTree(run.out().getFirst());
    double want = ((Number) GoldenJson.object(GoldenJson.object(GoldenJson.object(GoldenJson.read("metrics/lpips.json"))
        .get("alex")).get("pair1")).get("value")).doubleValue();
    assertEquals(want, root.at("/mean/lpips").asDouble(), 1e-5 * want);
    assertEquals(List.of("lpips", "psnr"), List.copyOf(root.at("/pictures/0").properties().stream()
        .map(Map.Entry::getKey).filter(k -> !k.equals("name")).toList()));
  }
}
