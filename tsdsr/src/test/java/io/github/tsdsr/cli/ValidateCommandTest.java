package io.github.tsdsr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tsdsr.data.SimpleDegradation;
import io.github.tsdsr.data.ValidationSet;
import io.github.tsdsr.infer.resize.PillowFilter;
import io.github.tsdsr.infer.resize.PillowResize;
import io.github.tsdsr.metrics.Niqe;
import io.github.tsdsr.perceptual.TrainingWeights;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.RowLoop;
import io.github.tsdsr.train.TinyRun;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ValidateCommandTest {
  @TempDir
  private Path folder;

  private CommandRun validate(Object... arguments) {
    return CommandRun.of(Stream.concat(Stream.of("validate", "--threads", 1), Stream.of(arguments)));
  }

  @Test
  void aTrainedModelIsComparedWithBicubicAndWithItselfWithoutVelocity() throws Exception {
    Path config = TinyRun.student(folder);
    TinyRun.photos(folder.resolve("validation"), 1, 512);
    // What the training measured at its end, on the averaged parameters in F32; the model's are rounded to F16.
    Path alex = folder.resolve("alex.safetensors");
    TrainingWeights.manifest().write(alex);
    CommandRun train = CommandRun.of(Stream.of("train", config, "--threads", 1, "--set", "steps=2", "--set",
        "validation=validation", "--set", "validate_every=2", "--set", "validation_lpips=" + alex));
    String measured = train.err().stream().filter(l -> l.startsWith("validated")).findFirst().orElseThrow();
    double psnr = Double.parseDouble(measured.replaceAll(".*psnr_y ([0-9.]+) .*", "$1"));

    List<Object> arguments = List.of("--model", folder.resolve("run/model"), "--photos", folder.resolve("validation"));
    double lpips = Double.parseDouble(measured.replaceAll(".*lpips ([0-9.]+).*", "$1"));
    CommandRun json = validate(Stream.concat(
        arguments.stream(), Stream.of("--json", "--ablation", "--lpips-weights", alex)).toArray());
    assertEquals(0, json.code(), json.err().toString());
    JsonNode root = new ObjectMapper().readTree(json.out().getFirst());
    JsonNode crop = root.at("/crops/0");
    assertEquals("photo0.png", crop.path("photo").asText());
    assertEquals(psnr, crop.path("psnr_y").asDouble(), 0.02);
    assertEquals(crop.path("psnr_y").asDouble() - crop.path("psnr_y_bicubic").asDouble(),
        root.at("/mean/psnr_y_gain").asDouble(), 1e-9);
    BytePixels bicubic =
        PillowResize.resize(
            ValidationSet.standard(folder.resolve("validation"), 1, SimpleDegradation.validation()).getFirst()
                .degraded(),
            512, 512, PillowFilter.BICUBIC, RowLoop.serial());
    assertEquals(Niqe.load().of(bicubic), crop.path("niqe_bicubic").asDouble(), 1e-9);
    assertTrue(
        crop.path("niqe").asDouble() > 0 && crop.path("niqe").asDouble() != crop.path("niqe_bicubic").asDouble());
    assertEquals(lpips, crop.path("lpips").asDouble(), 0.01 * lpips);
    assertTrue(Math.abs(crop.path("lpips_bicubic").asDouble() / lpips - 1) > 0.02, crop.toString());
    double without = crop.path("psnr_y_zero_velocity").asDouble();
    // Hardly trained, the velocity is near zero but not zero.
    assertEquals(psnr, without, 1);
    assertTrue(without != crop.path("psnr_y").asDouble());

    CommandRun table = validate(Stream.concat(arguments.stream(), Stream.of("--markdown", "--quiet")).toArray());
    assertEquals("| crop | bicubic dB | ours dB | gain dB | bicubic SSIM | ours SSIM | gain SSIM | bicubic NIQE |"
        + " ours NIQE |", table.out().getFirst().replaceAll(" +", " "));
    assertEquals("| - | -: | -: | -: | -: | -: | -: | -: | -: |", table.out().get(1).replaceAll("-+", "-"));
    assertEquals(List.of(), table.err());
    assertTrue(table.out().get(2).startsWith("| photo0.png 0,0 |"), table.out().toString());
    assertTrue(table.out().get(3).startsWith("| **mean of 1**  |"), table.out().toString());
  }

  @Test
  void cleanerInputLeavesBicubicNearerToThePhoto() throws Exception {
    TinyRun.photos(folder.resolve("validation"), 1, 512);
    double standard = bicubic();
    double clean = bicubic("--noise", 0, "--jpeg", 95);
    assertTrue(clean > standard + 0.5, clean + " against " + standard);
    CommandRun wrong = validate("--photos", folder.resolve("validation"), "--jpeg", 101);
    assertEquals(2, wrong.code());
    assertEquals(1, wrong.err().size());
  }

  private double bicubic(Object... options) throws Exception {
    CommandRun run = validate(Stream.concat(
        Stream.of("--photos", folder.resolve("validation"), "--json", "--quiet"), Stream.of(options)).toArray());
    return new ObjectMapper().readTree(run.out().getFirst()).at("/mean/psnr_y_bicubic").asDouble();
  }

  @Test
  void photosThatAreTooSmallAreRefusedInOneLine() throws Exception {
    TinyRun.photos(folder.resolve("small"), 2, 100);
    CommandRun run = validate("--photos", folder.resolve("small"));
    assertEquals(List.of("tsdsr: " + folder + "/small: none of the 2 photos is at least 512x512"), run.err());
    assertEquals(2, run.code());
  }
}
