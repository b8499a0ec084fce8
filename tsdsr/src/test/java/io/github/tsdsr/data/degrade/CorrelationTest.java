package io.github.tsdsr.data.degrade;

import static io.github.tsdsr.data.degrade.Near.assertNear;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.github.tsdsr.golden.GoldenTensors;
import io.github.tsdsr.infer.TestPictures;
import io.github.tsdsr.pixel.FloatPixels;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CorrelationTest {
  private static final GoldenTensors GOLDEN = GoldenTensors.read("degradation/filter.safetensors");

  private static BlurKernel kernel(String name, int size, int which) {
    float[] all = GOLDEN.floats(name);
    double[] weights = IntStream.range(0, size * size).mapToDouble(i -> all[which * size * size + i]).toArray();
    return new BlurKernel(size, weights);
  }

  @Test
  void kernelsThatAreNotSymmetricAreNotTurnedAndEdgesAreMirrored() {
    for (int n = 0; n < 2; n++) {
      FloatPixels image = GOLDEN.floatPicture("image", n);
      assertNear(GOLDEN.floatPicture("filtered", n), Correlation.apply(image, kernel("kernels", 7, n)), 2e-6);
      assertNear(GOLDEN.floatPicture("filtered_big", n), Correlation.apply(image, kernel("kernel_big", 21, 0)), 2e-6);
    }
  }

  @Test
  void aSeparableFilterIsTheProductOfItsFactors() {
    FloatPixels x = TestPictures.rgb(19, 13).toUnit();
    double[] factor = {0.1, 0.2, 0.4, 0.25, 0.05};
    double[] product = IntStream.range(0, 25).mapToDouble(i -> factor[i % 5] * factor[i / 5]).toArray();
    assertNear(Correlation.apply(x, new BlurKernel(5, product)), Correlation.separable(x, factor), 1e-6);
  }

  @Test
  void sharpeningIsTheReferences() {
    assertNear(GOLDEN.floatPicture("usm.out"), UnsharpMask.sharpen(GOLDEN.floatPicture("usm.image")), 5e-6);
  }

  @Test
  void picturesSmallerThanAKernelAreMirroredAsOftenAsItTakes() {
    assertArrayEquals(new int[] {2, 1, 0, 1, 2, 1, 0, 1},
        IntStream.range(-2, 6).map(i -> Mirror.index(i, 3)).toArray());
    FloatPixels flat = FloatPixels.blank(3, 1, 3);
    Arrays.fill(flat.samples(), 0.25f);
    assertNear(flat, Correlation.apply(flat, BlurKernel.sinc(21, 1)), 1e-6);
    assertNear(flat, UnsharpMask.sharpen(flat), 1e-6);
    assertSame(flat, Correlation.apply(flat, BlurKernel.pulse()));
  }
}
