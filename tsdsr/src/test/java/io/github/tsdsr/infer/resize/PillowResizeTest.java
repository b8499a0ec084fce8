package io.github.tsdsr.infer.resize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.tsdsr.golden.GoldenTensors;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.RowLoop;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

final class PillowResizeTest {
  private static final GoldenTensors OPS = GoldenTensors.read("pipeline/ops.safetensors");

  static List<String> goldenCases() {
    List<String> cases = OPS.names().stream().filter(n -> n.startsWith("pil") && !n.endsWith(".x")).toList();
    assertEquals(27, cases.size());
    return cases;
  }

  @ParameterizedTest
  @MethodSource("goldenCases")
  void everyByteIsPillows(String expected) {
    String[] parts = expected.split("\\.");
    BytePixels want = OPS.bytePicture(expected);
    BytePixels got = PillowResize.resize(OPS.bytePicture(parts[0] + ".x"), want.width(), want.height(),
        PillowFilter.valueOf(parts[1].toUpperCase(Locale.ROOT)), RowLoop.serial());
    assertArrayEquals(want.samples(), got.samples());
  }

  /** By Pillow 11, in mode F: the first two values, that in the middle, the last two, their sum and that of their absolutes. */
  @ParameterizedTest
  @CsvSource({
    "BICUBIC, 11, 9, -0.280988, 0.08773757, 0.4494845, 0.2739993, 0.01680296, 24.71187, 27.69802",
    "BICUBIC, 3, 2, 0.124608, 0.3188645, 0.2476732, 0.1634098, 0.3441992, 1.513447, 1.513447",
    "LANCZOS, 11, 9, -0.3219731, 0.1305676, 0.4494845, 0.3052603, -0.06369664, 24.73866, 29.1339",
    "LANCZOS, 3, 2, 0.1149076, 0.3201737, 0.2527044, 0.156449, 0.346024, 1.519529, 1.519529",
    "BOX, 11, 9, -0.2, -0.2, 0.4494845, 0.09896907, 0.09896907, 24.49897, 30.73402",
    "BOX, 3, 2, 0.162543, 0.2902634, 0.1994845, 0.1883162, 0.3438144, 1.491294, 1.491294"})
  void floatsAreThoseOfPillowsModeF(PillowFilter filter, int width, int height, double first, double second,
      double middle, double lastButOne, double last, double sum, double absolutes) {
    float[] x = new float[35];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) ((i / 7 * 37 + i % 7 * 61) % 97 / 97.0 - 0.2);
    }
    float[] got = PillowResize.resize(new FloatPixels(7, 5, 1, x), width, height, filter, RowLoop.serial()).samples();
    int n = got.length;
    assertArrayEquals(
        new double[] {first, second, middle, lastButOne, last, sum, absolutes},
        new double[] {got[0], got[1], got[n / 2], got[n - 2], got[n - 1], total(got), absolutes(got)}, 1e-5);
  }

  private static double total(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).sum();
  }

  private static double absolutes(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> Math.abs(values[i])).sum();
  }

  static Stream<BytePixels> oneToFourChannels() {
    BytePixels rgb = OPS.bytePicture("pil.x");
    return Stream.of(1, 2, 4).map(channels -> {
      BytePixels out = BytePixels.blank(rgb.width(), rgb.height(), channels);
      for (int i = 0; i < out.samples().length; i++) {
        out.samples()[i] = rgb.samples()[i / channels * 3];
      }
      return out;
    });
  }

  @ParameterizedTest
  @MethodSource("oneToFourChannels")
  void everyChannelIsResizedOnItsOwn(BytePixels repeatedRed) {
    BytePixels want = OPS.bytePicture("pil.bicubic.25x31");
    BytePixels got = PillowResize.resize(repeatedRed, 31, 25, PillowFilter.BICUBIC, RowLoop.serial());
    for (int i = 0; i < got.samples().length; i++) {
      assertEquals(want.samples()[i / repeatedRed.channels() * 3], got.samples()[i]);
    }
  }

  @Test
  void theSameSizeIsThePictureItself() {
    BytePixels x = OPS.bytePicture("pil.x");
    assertSame(x, PillowResize.resize(x, x.width(), x.height(), PillowFilter.LANCZOS, RowLoop.serial()));
  }

  @Test
  void theSharingOfRowsDoesNotChangeTheResult() {
    BytePixels x = OPS.bytePicture("pil.x");
    try (ExecutorService pool = Executors.newFixedThreadPool(3)) {
      assertArrayEquals(OPS.bytePicture("pil.lanczos.96x132").samples(),
          PillowResize.resize(x, 132, 96, PillowFilter.LANCZOS, RowLoop.on(pool, 7)).samples());
    }
  }

  @ParameterizedTest
  @CsvSource({"132, 96, 0, 96", "132, 96, 31, 7", "20, 14, 3, 11", "31, 25, 24, 1"})
  void someRowsAreThoseOfTheWhole(int width, int height, int first, int rows) {
    FloatPixels x = OPS.bytePicture("pil.x").toUnit();
    FloatPixels whole = PillowResize.resize(x, width, height, PillowFilter.BICUBIC, RowLoop.serial());
    assertArrayEquals(whole.crop(0, first, width, rows).samples(),
        PillowResize.rows(x, width, height, first, rows, PillowFilter.BICUBIC, RowLoop.serial()).samples(), 0f);
  }
}
