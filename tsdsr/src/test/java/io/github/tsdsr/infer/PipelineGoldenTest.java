package io.github.tsdsr.infer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.golden.GoldenPictures;
import io.github.tsdsr.golden.GoldenTensors;
import io.github.tsdsr.golden.PipelineCase;
import io.github.tsdsr.infer.colour.ColourAlignment;
import io.github.tsdsr.infer.size.OutputSize.Pixels;
import io.github.tsdsr.infer.size.SizePlan;
import io.github.tsdsr.infer.tile.LatentTiles;
import io.github.tsdsr.infer.tile.TileWindow;
import io.github.tsdsr.infer.tile.VaeTiles;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.image.Images;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.pixel.RowLoop;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The published program's pictures, and each stage fed with the stored result of the one before (section 2). */
class PipelineGoldenTest {
  private static Backend backend;
  private static LoadedModel adapted;
  private static LoadedModel plain;

  @BeforeAll
  static void open() throws IOException {
    backend = new VectorBackend(1, Long.MAX_VALUE);
    UpscalerOptions options = UpscalerOptions.defaults().withModel(PipelineCase.model());
    plain = LoadedModel.open(backend, options, DType.F32, () -> Long.MAX_VALUE);
    adapted = LoadedModel.open(
        backend, options.withLora(PipelineCase.model().resolve("lora")), DType.F32, () -> Long.MAX_VALUE);
  }

  @AfterAll
  static void close() {
    plain.close();
    adapted.close();
    backend.close();
  }

  static Stream<PipelineCase> all() {
    return PipelineCase.all();
  }

  /** Those whose stages are kept among the test resources. */
  static Stream<PipelineCase> staged() {
    return Stream.of("a_none", "e_tiles_3x2", "f_vae_strip", "g_exif")
        .map(name -> all().filter(c -> c.name().equals(name)).findFirst().orElseThrow());
  }

  @ParameterizedTest
  @MethodSource("all")
  void picturesAreThoseOfThePublishedProgram(PipelineCase c) throws IOException {
    BytePixels rgb = Pictures.rgb(Images.read(GoldenFiles.path(c.input())));
    BytePixels got = upscaler(c).upscale(rgb, settings(c), Progress.NONE);
    assertPicture(GoldenPictures.png(c.output()), got);
  }

  @ParameterizedTest
  @MethodSource("staged")
  void everyStageIsThatOfThePublishedProgram(PipelineCase c) throws IOException {
    GoldenTensors stored = GoldenTensors.read(c.intermediates());
    BytePixels rgb = Pictures.rgb(Images.read(GoldenFiles.path(c.input())));
    if (stored.names().contains("rgb")) {
      BytePixels expected = stored.bytePicture("rgb");
      for (int i = 0; i < expected.samples().length; i++) {
        assertEquals(expected.samples()[i] & 0xFF, rgb.samples()[i] & 0xFF, c.input().endsWith(".jpg") ? 2 : 0);
      }
      rgb = expected;
    }
    UpscaleSettings settings = settings(c);
    SizePlan plan = upscaler(c).plan(new Pixels(rgb.width(), rgb.height()), settings);
    PictureUpscaler.Stages stages = upscaler(c).stages(rgb.toUnit(), plan, settings, Progress.NONE);
    assertStage(stored, "pixel_values", stages.input(), 5e-6);
    assertStage(stored, "latent", stages.latent(), 2e-4);
    assertStage(stored, "prediction", stages.velocity(), 2e-4);
    assertStage(stored, "student_latent", stages.student(), 2e-4);
    assertStage(stored, "decoded", stages.decoded(), 2e-4);

    OneStepModel model = model(c).model();
    NetworkPass pass = new NetworkPass(backend, model, DType.F32, new Progress.Count(Progress.NONE, 1));
    FloatPixels latent = stored.floatPicture("latent");
    Tiling t = settings.tiling();
    FloatPixels velocity = pass.velocity(
        latent, LatentTiles.published(latent.width(), latent.height(), t.latent(), t.overlap()),
        tiles -> TileWindow.published(tiles.tileWidth()));
    assertStage(stored, "prediction", velocity, 2e-4);
    if (stored.names().contains("student_latent")) {
      FloatPixels student = stored.floatPicture("student_latent");
      VaeTiles tiles = VaeTiles.decoder(
          student.width(), student.height(), t.decoder(), VaeTiles.DECODER_MARGIN, 8);
      assertStage(stored, "decoded", pass.code(Coding.PICTURE, PixelSource.of(student), tiles, VaeRule.PUBLISHED),
          2e-4);
    }
    if (stored.names().contains("pixel_values")) {
      FloatPixels pixels = stored.floatPicture("pixel_values");
      VaeTiles tiles = VaeTiles.encoder(
          pixels.width(), pixels.height(), t.encoder(), VaeTiles.ENCODER_MARGIN, 8);
      assertStage(stored, "latent", pass.code(Coding.MEAN, PixelSource.of(pixels), tiles, VaeRule.PUBLISHED), 2e-4);
    }
  }

  @Test
  void adaptersKeptApartFromTheWeightsGiveTheSame() throws IOException {
    PipelineCase c = staged().findFirst().orElseThrow();
    UpscalerOptions options =
        UpscalerOptions.defaults().withModel(PipelineCase.model()).withLora(PipelineCase.model().resolve("lora"));
    try (LoadedModel apart = LoadedModel.open(backend, options, DType.F32, () -> 0)) {
      assertTrue(apart.model().vaeAdapters().on("encoder.conv_in").isPresent());
      assertTrue(adapted.model().vaeAdapters().on("encoder.conv_in").isEmpty());
      PictureUpscaler upscaler = new PictureUpscaler(backend, apart.model(), DType.F32, RowLoop.serial());
      BytePixels rgb = Pictures.rgb(Images.read(GoldenFiles.path(c.input())));
      assertPicture(GoldenPictures.png(c.output()), upscaler.upscale(rgb, settings(c), Progress.NONE));
    }
  }

  private static LoadedModel model(PipelineCase c) {
    return c.lora() ? adapted : plain;
  }

  private static PictureUpscaler upscaler(PipelineCase c) {
    return new PictureUpscaler(backend, model(c).model(), DType.F32, RowLoop.serial());
  }

  private static UpscaleSettings settings(PipelineCase c) {
    return UpscaleSettings.publishedDefaults()
        .withScale(number(c, "--scale"))
        .withProcessSize(number(c, "--process-size"))
        .withAlign(ColourAlignment.valueOf(c.option("--align").toUpperCase(Locale.ROOT)))
        .withTiling(new Tiling(
            number(c, "--tile"), number(c, "--tile-overlap"), number(c, "--vae-encoder-tile"),
            number(c, "--vae-decoder-tile")));
  }

  private static int number(PipelineCase c, String option) {
    return Integer.parseInt(c.option(option));
  }

  /** No value off by more than 2, at most 0.5 % off at all. */
  private static void assertPicture(BytePixels expected, BytePixels got) {
    assertEquals(expected.width(), got.width());
    assertEquals(expected.height(), got.height());
    int off = 0;
    for (int i = 0; i < expected.samples().length; i++) {
      int difference = Math.abs((expected.samples()[i] & 0xFF) - (got.samples()[i] & 0xFF));
      assertTrue(difference <= 2, "value " + i + " is off by " + difference);
      off += difference == 0 ? 0 : 1;
    }
    assertTrue(off <= expected.samples().length / 200, off + " of " + expected.samples().length + " values are off");
  }

  /** Compares with a stored stage, or with every fourth row and column where only those are stored. */
  private static void assertStage(GoldenTensors stored, String name, FloatPixels got, double tolerance) {
    boolean every4 = stored.names().contains(name + "_every4");
    if (!every4 && !stored.names().contains(name)) {
      return;
    }
    FloatPixels expected = stored.floatPicture(every4 ? name + "_every4" : name);
    int step = every4 ? 4 : 1;
    assertEquals(Math.ceilDiv(got.width(), step), expected.width(), name);
    assertEquals(Math.ceilDiv(got.height(), step), expected.height(), name);
    for (int y = 0; y < expected.height(); y++) {
      for (int x = 0; x < expected.width(); x++) {
        for (int channel = 0; channel < expected.channels(); channel++) {
          assertEquals(
              expected.at(x, y, channel), got.at(x * step, y * step, channel), tolerance,
              name + " at (" + x + ", " + y + "), channel " + channel);
        }
      }
    }
  }
}
