package io.github.tsdsr.infer.resize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tsdsr.golden.GoldenTensors;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.Rect;
import io.github.tsdsr.pixel.RowLoop;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TorchBicubicTest {
  private static final GoldenTensors OPS = GoldenTensors.read("pipeline/ops.safetensors");

  @ParameterizedTest
  @CsvSource({"bicubic.x, bicubic.13x17", "bicubic.x, bicubic.1x1", "bicubic.x, bicubic.26x9",
    "bicubic.x, bicubic.31x22", "bicubic.x, bicubic.52x68", "bicubic.x, bicubic.5x40", "bicubic.x, bicubic.7x5",
    "bicubic_small.x, bicubic_small.8x6"})
  void agreesWithTorchInDouble(String input, String expected) {
    FloatPixels want = OPS.floatPicture(expected);
    FloatPixels got = TorchBicubic.resize(OPS.floatPicture(input), want.width(), want.height(), RowLoop.serial());
    assertEquals(want.width(), got.width());
    assertEquals(want.height(), got.height());
    assertArrayEquals(want.samples(), got.samples(), 2e-6f);
  }

  @Test
  void theSameSizeIsThePictureItself() {
    FloatPixels x = OPS.floatPicture("bicubic.x");
    assertSame(x, TorchBicubic.resize(x, 17, 13, RowLoop.serial()));
  }

  @Test
  void theSharingOfRowsDoesNotChangeTheResult() {
    FloatPixels x = OPS.floatPicture("bicubic.x");
    try (ExecutorService pool = Executors.newFixedThreadPool(3)) {
      assertArrayEquals(TorchBicubic.resize(x, 68, 52, RowLoop.serial()).samples(),
          TorchBicubic.resize(x, 68, 52, RowLoop.on(pool, 5)).samples(), 0f);
    }
  }

  @Test
  void anImpossibleSizeIsNamed() {
    FloatPixels x = OPS.floatPicture("bicubic.x");
    assertEquals("a picture of 0x13 with 3 channels: every number must be at least 1",
        assertThrows(IllegalArgumentException.class, () -> TorchBicubic.resize(x, 0, 4, RowLoop.serial()))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> TorchBicubic.resize(x, 60_000, 60_000, RowLoop.serial()));
    assertThrows(IllegalArgumentException.class, () -> TorchBicubic.resize(x, 4, 0, RowLoop.serial()));
    assertThrows(
        IllegalArgumentException.class, () -> TorchBicubic.part(x, 8, 8, new Rect(5, 0, 4, 4), RowLoop.serial()));
  }
}
