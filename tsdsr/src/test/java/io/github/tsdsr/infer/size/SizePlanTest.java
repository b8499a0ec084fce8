package io.github.tsdsr.infer.size;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tsdsr.golden.GoldenJson;
import io.github.tsdsr.infer.size.OutputSize.Pixels;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SizePlanTest {
  static List<Object> goldenCases() {
    List<Object> cases = GoldenJson.list(GoldenJson.read("pipeline/cases.json"));
    assertEquals(26, cases.size());
    return cases;
  }

  @ParameterizedTest
  @MethodSource("goldenCases")
  void thePublishedSizesAreTheProgramsOwn(Map<String, Object> golden) {
    Map<String, Object> facts = GoldenJson.object(golden.get("facts"));
    List<Object> args = GoldenJson.list(golden.get("args"));
    SizePlan plan = SizePlan.published(pixels(facts.get("input_size")), option(args, "--scale"),
        option(args, "--process-size"));
    assertEquals(pixels(facts.get("processed_size")), plan.processed());
    assertEquals(pixels(facts.get("processed_size")), plan.content());
    assertEquals(pixels(facts.get("output_size")), plan.output());
    assertEquals(facts.get("resized_back"), plan.resizedBack());
  }

  private static Pixels pixels(Object list) {
    int[] size = GoldenJson.ints(list);
    return new Pixels(size[0], size[1]);
  }

  private static int option(List<Object> args, String name) {
    return Integer.parseInt((String) args.get(args.indexOf(name) + 1));
  }

  @Test
  void thePublishedRuleSaysWhenNothingIsLeft() {
    assertEquals("a picture of 5x90 at scale 1 and process size 4 has a side under 8 pixels, which the published rule"
        + " rounds to 0",
        assertThrows(IllegalArgumentException.class,
            () -> SizePlan.published(new Pixels(5, 90), 1, 4)).getMessage());
  }

  @ParameterizedTest
  @CsvSource({"14, 10, 4, 16, 0, 56, 40, 64, 48", "98, 98, 4, 16, 512, 392, 392, 512, 512",
    "256, 256, 4, 16, 512, 1024, 1024, 1024, 1024", "53, 49, 1, 4, 6, 53, 49, 56, 52",
    "33, 27, 2.5, 4, 10, 83, 68, 84, 68"})
  void ourRulePadsAndNeverResizesBack(int w, int h, double scale, int multiple, int processSize, int outW, int outH,
      int processedW, int processedH) {
    SizePlan plan = SizePlan.padded(new Pixels(w, h), new OutputSize.Scale(scale), multiple, processSize);
    assertEquals(new Pixels(outW, outH), plan.output());
    assertEquals(plan.output(), plan.content());
    assertEquals(new Pixels(processedW, processedH), plan.processed());
    assertFalse(plan.resizedBack());
  }

  @ParameterizedTest
  @CsvSource({"1920x1080, 1920, 1080", "600x, 600, 450", "x600, 800, 600", "1x, 1, 1", "7x, 7, 5"})
  void aSizeMayLeaveOneSideOpen(String text, int width, int height) {
    assertEquals(new Pixels(width, height), OutputSize.parse(text).of(400, 300));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "4", "0x5", "5x0", "-1x5", "5x5x5", "1920 x 1080", "9999999999x1", "axb"})
  void anythingElseIsNoSize(String text) {
    assertEquals("size '" + text + "': expected WxH, Wx or xH, for example 1920x1080 or 1920x",
        assertThrows(IllegalArgumentException.class, () -> OutputSize.parse(text)).getMessage());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void aScaleThatIsNoPositiveNumberIsRefused(double scale) {
    assertThrows(IllegalArgumentException.class, () -> new OutputSize.Scale(scale));
  }

  @Test
  void aPictureTooLargeForOneArrayIsRefusedBeforeMemoryIsTaken() {
    assertEquals("a picture of 40000x40000: at most 715827879 pixels are supported",
        assertThrows(IllegalArgumentException.class,
            () -> SizePlan.padded(new Pixels(10_000, 10_000), new OutputSize.Scale(4), 16, 0)).getMessage());
    assertThrows(IllegalArgumentException.class,
        () -> SizePlan.padded(new Pixels(10_000, 10_000), new OutputSize.Scale(1e9), 16, 0));
    assertThrows(IllegalArgumentException.class, () -> SizePlan.published(new Pixels(100_000, 100_000), 4, 512));
  }
}
