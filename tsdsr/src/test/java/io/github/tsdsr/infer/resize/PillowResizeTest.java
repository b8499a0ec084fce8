package io.github.tsdsr.infer.resize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.tsdsr.golden.GoldenTensors;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.RowLoop;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
}
