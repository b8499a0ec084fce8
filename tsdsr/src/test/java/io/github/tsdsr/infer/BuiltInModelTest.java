package io.github.tsdsr.infer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.infer.tile.LatentTiles;
import io.github.tsdsr.io.image.Image;
import io.github.tsdsr.model.BuiltInModel;
import io.github.tsdsr.model.ModelFolder;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.sd3.MmDitConfig;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The models that come with the library, opened from the class path. */
class BuiltInModelTest {
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 1})
  void itKeepsSizeAndColours(double fidelity) {
    try (OneStepUpscaler upscaler = OneStepUpscaler.open(UpscalerOptions.defaults().withFidelity(fidelity))) {
      Image in = TestPictures.image(24, 20);
      Image out = upscaler.upscale(in);
      assertEquals("96x80, 8 bits", out.toString());
      for (int channel = 0; channel < 3; channel++) {
        assertEquals(mean(Pictures.rgb(in), channel), mean(Pictures.rgb(out), channel), 2);
      }
    }
  }

  /** A step over a tile's border that the picture does not have shows as a larger mean difference there. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 1})
  void noSeamShowsBetweenItsTiles(double fidelity) throws IOException {
    BytePixels in = TestPictures.rgb(96, 64);
    try (OneStepUpscaler upscaler = OneStepUpscaler.open(UpscalerOptions.defaults().withFidelity(fidelity));
        ModelFolder model = ModelFolder.builtIn(BuiltInModel.SHARP)) {
      BytePixels out = Pictures.rgb(upscaler.upscale(Pictures.image(in)));
      MmDitConfig transformer = model.transformerConfig();
      int factor = model.vaeConfig().factor();
      Tiling tiling = upscaler.settings().tiling();
      LatentTiles tiles = LatentTiles.even(
          out.width() / factor, out.height() / factor, tiling.latent(), tiling.overlap(), transformer.patchSize());
      assertTrue(tiles.xs().size() > 3, "too few tiles for a seam");
      // Where a tile begins, and where the next one takes over from it.
      List<Integer> borders = tiles.xs().stream().filter(x -> x > 0)
          .flatMap(x -> Stream.of(x * factor, (x + tiling.overlap() / 2) * factor)).toList();
      double atBorders = borders.stream().mapToDouble(x -> step(out, x)).average().orElseThrow();
      double beside = borders.stream().mapToDouble(x -> (step(out, x - 3) + step(out, x + 3)) / 2).average()
          .orElseThrow();
      assertTrue(atBorders < 1.25 * beside + 0.5, "steps of " + atBorders + " at borders, " + beside + " beside them");
    }
  }

  /** The mean difference between column x and the one before. */
  private static double step(BytePixels p, int x) {
    double sum = 0;
    for (int y = 0; y < p.height(); y++) {
      for (int channel = 0; channel < 3; channel++) {
        sum += Math.abs(p.at(x, y, channel) - p.at(x - 1, y, channel));
      }
    }
    return sum / (3 * p.height());
  }

  private static double mean(BytePixels p, int channel) {
    double sum = 0;
    for (int y = 0; y < p.height(); y++) {
      for (int x = 0; x < p.width(); x++) {
        sum += p.at(x, y, channel);
      }
    }
    return sum / (p.width() * p.height());
  }
}
