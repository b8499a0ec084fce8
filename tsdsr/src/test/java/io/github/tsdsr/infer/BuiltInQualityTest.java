package io.github.tsdsr.infer;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.data.RandomStream;
import io.github.tsdsr.data.SimpleDegradation;
import io.github.tsdsr.infer.resize.PillowFilter;
import io.github.tsdsr.infer.resize.PillowResize;
import io.github.tsdsr.metrics.Luma;
import io.github.tsdsr.metrics.Psnr;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.pixel.RowLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the built-in model is worth, on a photo that was degraded as its validation pictures were. */
class BuiltInQualityTest {
  private static final Path PHOTO = Path.of("..", "examples", "bee.jpg");

  private static BytePixels clean;
  private static BytePixels degraded;

  @BeforeAll
  static void degrade() throws IOException {
    clean = Pictures.readRgb(PHOTO).crop(0, 128, 128, 128);
    degraded = SimpleDegradation.validation().degrade(clean, RandomStream.numbered(1, 0));
  }

  private static double psnr(BytePixels picture) {
    return Psnr.of(picture, clean, Luma.YCBCR);
  }

  private static double psnrOf(UpscalerOptions options) {
    try (OneStepUpscaler upscaler = OneStepUpscaler.open(options)) {
      return psnr(Pictures.rgb(upscaler.upscale(Pictures.image(degraded))));
    }
  }

  /** Measured of the faithful end: 0.60 dB above bicubic, 0.47 above the model without its transformer. */
  @Test
  void itBeatsBicubicAndOwesThatToItsTransformer() {
    double bicubic = psnr(
        PillowResize.resize(degraded, clean.width(), clean.height(), PillowFilter.BICUBIC, RowLoop.serial()));
    double model = psnrOf(UpscalerOptions.defaults());
    double without = psnrOf(UpscalerOptions.defaults().withZeroVelocity(true));
    String figures = "bicubic " + bicubic + ", model " + model + ", without its transformer " + without + " dB";
    assertTrue(model > bicubic + 0.4, figures);
    assertTrue(model > without + 0.3, figures);
  }

  @Test
  void lessFidelityIsSharperAndFurtherFromThePhoto() {
    double[] fidelities = {1, 0.25, 0};
    double[] psnr = new double[3];
    double[] sharpness = new double[3];
    for (int i = 0; i < 3; i++) {
      try (OneStepUpscaler upscaler =
          OneStepUpscaler.open(UpscalerOptions.defaults().withFidelity(fidelities[i]))) {
        BytePixels out = Pictures.rgb(upscaler.upscale(Pictures.image(degraded)));
        psnr[i] = psnr(out);
        sharpness[i] = steps(out);
      }
    }
    String figures = Arrays.toString(psnr) + " dB, mean steps between neighbours " + Arrays.toString(sharpness);
    assertTrue(psnr[0] > psnr[1] && psnr[1] > psnr[2], figures);
    assertTrue(sharpness[0] < sharpness[1] && sharpness[1] < sharpness[2], figures);
  }

  /** The mean difference of green between a pixel and the one to its right. */
  private static double steps(BytePixels p) {
    double sum = 0;
    for (int y = 0; y < p.height(); y++) {
      for (int x = 1; x < p.width(); x++) {
        sum += Math.abs(p.at(x, y, 1) - p.at(x - 1, y, 1));
      }
    }
    return sum / (p.height() * (p.width() - 1));
  }
}
