package io.github.tsdsr.data.degrade;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.data.RandomStream;
import io.github.tsdsr.data.Range;
import io.github.tsdsr.data.SimpleDegradation;
import io.github.tsdsr.golden.GoldenPictures;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.pixel.BytePixels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class RealEsrganTest {
  private static final BytePixels PHOTO = GoldenPictures.png("metrics/pair2_ref.png");
  private static final int DRAWS = 4000;

  private static RandomStream stream(long index) {
    return RandomStream.of(11, 0, index);
  }

  private static List<DegradationPlan> plans() {
    List<DegradationPlan> plans = new ArrayList<>();
    for (int i = 0; i < DRAWS; i++) {
      plans.add(RealEsrgan.published().plan(stream(i)));
    }
    return plans;
  }

  private static void share(double want, List<DegradationPlan> plans, Predicate<DegradationPlan> which) {
    // Five standard errors of a share.
    double tolerance = 5 * Math.sqrt(want * (1 - want) / plans.size());
    assertEquals(want, plans.stream().filter(which).count() / (double) plans.size(), tolerance);
  }

  @Test
  void everythingIsDrawnAsOftenAsPublished() {
    List<DegradationPlan> plans = plans();
    share(0.2, plans, p -> p.resize1().factor() > 1);
    share(0.7, plans, p -> p.resize1().factor() < 1);
    share(0.3, plans, p -> p.resize2().factor() > 1);
    share(0.4, plans, p -> p.resize2().factor() < 1);
    share(1 / 3.0, plans, p -> p.resize1().by() == Interpolation.AREA);
    share(1 / 3.0, plans, p -> p.lastResize() == Interpolation.BICUBIC);
    share(0.5, plans, p -> p.noise1() instanceof Noise.Gaussian);
    share(0.2, plans, p -> p.noise2() instanceof Noise.Gaussian g && g.gray());
    share(0.3, plans, p -> p.noise2() instanceof Noise.Poisson q && !q.gray());
    share(0.2, plans, p -> p.blur2().size() == 1);
    share(0.8, plans, p -> p.sinc().size() > 1);
    share(0.1, plans, p -> p.sinc().size() == 21);
    share(1 / 8.0, plans, p -> p.blur1().size() == 13);
    share(0.5, plans, DegradationPlan::jpegFirst);
    // Only sinc filters have weights below 0, all of them.
    share(0.1, plans, p -> isSinc(p.blur1()));
    share(0.08, plans, p -> isSinc(p.blur2()));
  }

  private static boolean isSinc(BlurKernel kernel) {
    for (double w : kernel.weights()) {
      if (w < 0) {
        return true;
      }
    }
    return false;
  }

  @Test
  void everythingThatIsDrawnLiesInItsRange() {
    for (DegradationPlan p : plans()) {
      assertTrue(p.resize1().factor() >= 0.15 && p.resize1().factor() <= 1.5);
      assertTrue(p.resize2().factor() >= 0.3 && p.resize2().factor() <= 1.2);
      assertTrue(p.quality1() >= 30 && p.quality1() <= 95 && p.quality2() >= 30 && p.quality2() <= 95);
      switch (p.noise1()) {
        case Noise.Gaussian g -> assertTrue(g.sigma() >= 1 && g.sigma() <= 30);
        case Noise.Poisson q -> assertTrue(q.scale() >= 0.05 && q.scale() <= 3);
      }
    }
  }

  @Test
  void theSameStreamGivesTheSameBytesAndAnotherOthers() {
    RealEsrgan d = RealEsrgan.published();
    assertTrue(d.degrade(PHOTO, stream(4)).sameAs(d.degrade(PHOTO, stream(4))));
    assertFalse(d.degrade(PHOTO, stream(4)).sameAs(d.degrade(PHOTO, stream(5))));
  }

  /** Whoever has a set that was degraded with a seed gets it again, on any machine. */
  @Test
  void theBytesOfASeedStayWhatTheyAre() {
    CRC32 crc = new CRC32();
    for (int i = 0; i < 12; i++) {
      crc.update(RealEsrgan.published().degrade(PHOTO, stream(i)).samples());
    }
    assertEquals("6b5a59fa", Long.toHexString(crc.getValue()));
  }

  @Test
  void aStepThatIsSwitchedOffLeavesTheDrawsOfTheOthersAlone() throws IOException {
    RealEsrgan other = (RealEsrgan) read("""
        {"kind": "realesrgan", "sinc_prob": 1, "second_blur_prob": 0, "final_sinc_prob": 0, "gray_noise_prob": 1,
         "resize_prob": [0, 0, 1], "kernel_list2": ["iso"], "kernel_prob2": [3], "kernel_sizes": [21]}""");
    for (int i = 0; i < 50; i++) {
      RandomStream a = stream(i);
      RandomStream b = stream(i);
      DegradationPlan p = RealEsrgan.published().plan(a);
      DegradationPlan q = other.plan(b);
      assertEquals(a.uniform(), b.uniform());
      assertEquals(p.quality1(), q.quality1());
      assertEquals(p.resize2(), q.resize2());
      assertEquals(1, q.resize1().factor());
      assertEquals(List.of(21, 1, 1), List.of(q.blur1().size(), q.blur2().size(), q.sinc().size()));
      assertTrue(isSinc(q.blur1()) && q.sharpens());
    }
  }

  @Test
  void anySizeIsDegradedItsSidesDividedAndRoundedDown() {
    for (int[] size : new int[][] {{70, 45}, {9, 4}, {1, 1}}) {
      for (int i = 0; i < 10; i++) {
        BytePixels got = RealEsrgan.published().degrade(PHOTO.crop(0, 0, size[0], size[1]), stream(i));
        assertEquals(Math.max(1, size[0] / 4), got.width());
        assertEquals(Math.max(1, size[1] / 4), got.height());
      }
    }
    assertThrows(IllegalArgumentException.class,
        () -> RealEsrgan.published().degrade(BytePixels.blank(8, 8, 1), stream(0)));
  }

  private static Object read(String json) throws IOException {
    Config config = Config.json(json.getBytes(StandardCharsets.UTF_8), "d.json");
    Object read = DegradationConfig.read(config);
    config.refuseUnread();
    return read;
  }

  @Test
  void withoutKeysTheParametersAreThePublishedOnes() throws IOException {
    assertEquals(RealEsrgan.published(), read("{\"kind\": \"realesrgan\"}"));
  }

  @Test
  void theConfigurationThatIsShownNamesEveryParameterWithItsDefault() throws IOException {
    Path shown = Path.of("..", "configs", "degradation", "realesrgan.yaml");
    Config config = Config.yaml(shown, Map.of());
    assertEquals(RealEsrgan.published(), DegradationConfig.read(config));
    config.refuseUnread();
    long keys = Files.readAllLines(shown).stream().filter(l -> l.matches("[a-z0-9_]+: .*")).count();
    assertEquals(4 + 2 * 13 + 3, keys);
  }

  @Test
  void everyKeyChangesSomethingElse() throws IOException {
    List<String> keys = List.of(
        "\"scale\": 2", "\"sharpen\": false", "\"kernel_sizes\": [9]", "\"jpeg_first_prob\": 1",
        "\"kernel_list*\": [\"iso\", \"aniso\", \"generalized_iso\", \"generalized_aniso\", \"iso\", \"iso\"]",
        "\"kernel_prob*\": [1, 0, 0, 0, 0, 0]", "\"sinc_prob*\": 0.2", "\"blur_sigma*\": [1, 2]",
        "\"betag_range*\": [0.6, 4]", "\"betap_range*\": [1, 3]", "\"second_blur_prob\": 0.1",
        "\"resize_prob*\": [1, 1, 1]", "\"resize_range*\": [0.2, 1.1]", "\"gaussian_noise_prob*\": 0.1",
        "\"noise_range*\": [0, 9]", "\"poisson_scale_range*\": [0.1, 1]", "\"gray_noise_prob*\": 0",
        "\"jpeg_range*\": [50, 60]", "\"final_sinc_prob\": 0");
    Set<Object> seen = new HashSet<>(List.of(RealEsrgan.published()));
    int count = 1;
    for (String key : keys) {
      for (String round : key.contains("*") ? List.of("", "2") : List.of("")) {
        seen.add(read("{\"kind\": \"realesrgan\", " + key.replace("*", round) + "}"));
        count++;
      }
    }
    assertEquals(count, seen.size());
  }

  @Test
  void whatMakesNoSenseIsRefusedInOneLine() {
    refused("\"kind\": \"blurry\"", "d.json: key kind: expected simple or realesrgan, got \"blurry\"");
    refused("\"kernel_list\": [\"round\"]", "key kernel_list: expected names out of [iso, aniso,");
    refused("\"kernel_prob\": [1, 2]", "expected a weight for each, none negative, not all of them 0");
    refused("\"resize_range\": [0.2, 0.8]", "resizing from 0.2 to 0.8: expected above 0, with 1 among them");
    refused("\"resize_prob2\": [1, -1, 1]", "expected three for up, down and keep");
    refused("\"jpeg_range\": [50, 100]", "JPEG qualities from 50.0 to 100.0: expected above 0 and below 100");
    refused("\"noise_range\": [5, 2]", "key noise_range: expected two numbers, lower one first");
    refused("\"second_blur_prob\": 1.5", "a chance of 1.5 (second blur): expected 0 to 1");
    refused("\"betag_range2\": [1.5, 2]", "with 1 among them");
    refused("\"kernel_sizes\": [8]", "expected odd numbers from 1 to 39");
    refused("\"blur_sigma\": 0", "blur of sigma 0.0: expected above 0");
    refused("\"noise\": 3", "key noise is not known");
    refused("\"kernel_prob\": [\"x\"]", "key kernel_prob: expected a list of numbers");
    refused("\"scale\": 0", "a scale of 0: expected at least 1");
  }

  private static void refused(String key, String words) {
    String json = key.contains("kind") ? "{" + key + "}" : "{\"kind\": \"realesrgan\", " + key + "}";
    String message = assertThrows(RuntimeException.class, () -> read(json)).getMessage();
    assertTrue(message.contains(words) && message.lines().count() == 1, message);
  }

  @Test
  void theSimpleDegradationIsStillTheDefault() throws IOException {
    assertEquals(new SimpleDegradation(
        0.4, new Range(0.3, 1.5), 4, new Range(0, 15), new Range(60, 95)), read("{}"));
  }
}
