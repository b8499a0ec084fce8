package io.github.tsdsr.infer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tsdsr.infer.resize.TorchBicubic;
import io.github.tsdsr.infer.size.OutputSize;
import io.github.tsdsr.infer.size.OutputSize.Pixels;
import io.github.tsdsr.infer.size.SizePlan;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.Rect;
import io.github.tsdsr.pixel.RowLoop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnlargedInputTest {
  private static final FloatPixels RGB = TestPictures.rgb(23, 17).toUnit();
  /** 92x68, padded to 128x128. */
  private static final SizePlan PLAN = SizePlan.padded(new Pixels(23, 17), new OutputSize.Scale(4), 16, 128);
  private static final EnlargedInput INPUT = new EnlargedInput(RGB, PLAN, RowLoop.serial());

  @Test
  void isTheEnlargedPictureInSignedSamplesWithItsEdgesRepeated() {
    assertEquals(128, INPUT.width());
    assertEquals(128, INPUT.height());
    FloatPixels whole = INPUT.whole();
    FloatPixels enlarged = TorchBicubic.resize(RGB, 92, 68, RowLoop.serial());
    for (int y = 0; y < 128; y++) {
      for (int x = 0; x < 128; x++) {
        for (int c = 0; c < 3; c++) {
          float unit = enlarged.at(Math.min(x, 91), Math.min(y, 67), c);
          assertEquals(Math.clamp(unit * 2 - 1, -1f, 1f), whole.at(x, y, c));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0,0,128,128", "5,9,40,30", "80,60,48,68", "100,0,20,128", "96,72,32,32", "0,67,92,1", "91,0,1,68"})
  void aPartIsCutFromTheWhole(int x, int y, int width, int height) {
    assertArrayEquals(INPUT.whole().crop(x, y, width, height).samples(),
        INPUT.part(new Rect(x, y, width, height)).samples(), 0f);
  }
}
