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
}
