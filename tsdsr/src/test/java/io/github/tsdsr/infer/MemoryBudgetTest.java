package io.github.tsdsr.infer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.golden.PipelineCase;
import io.github.tsdsr.infer.colour.ColourAlignment;
import io.github.tsdsr.infer.norm.SharedNorm;
import io.github.tsdsr.infer.size.OutputSize;
import io.github.tsdsr.infer.tile.LatentTiles;
import io.github.tsdsr.infer.tile.TileWindow;
import io.github.tsdsr.infer.tile.VaeTiles;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.memory.CountingBackend;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.RowLoop;
import io.github.tsdsr.sd3.InitialWeights;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.NormRule;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.sd3.VaeConfig;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.MemoryLimitException;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.op.AttentionGrad;
import io.github.tsdsr.tensor.op.Conv2d;
import io.github.tsdsr.tensor.op.Conv2dInputGrad;
import io.github.tsdsr.tensor.op.Conv2dWeightGrad;
import io.github.tsdsr.tensor.op.ConvGeometry;
import io.github.tsdsr.tensor.op.Op;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Large pictures in tiles: memory stays under what is allowed, and no seam shows. */
class MemoryBudgetTest {
  private static final MmDitConfig TRANSFORMER = new MmDitConfig(2, 4, 4, 1, 2, 8, 16, 16, 16, 16, Set.of(), false);
  /** As the built-in model's: factor 2, no attention, so that a tile's margin covers all that a pixel depends on. */
  private static final VaeConfig VAE = new VaeConfig(3, 3, 4, List.of(8, 16), 1, 4, false, 1, 0);

  private static OneStepModel model(Scope scope) {
    Tensor prompt = scope.full(0.5, DType.F32, 1, 3, 16);
    Tensor pooled = scope.full(0.5, DType.F32, 1, 16);
    return new OneStepModel(scope, new Vae(VAE, weights(scope, InitialWeights.of(VAE, 1))), Adapters.NONE,
        new MmDit(TRANSFORMER, weights(scope, InitialWeights.of(TRANSFORMER, 2))), Adapters.NONE, prompt, pooled);
  }

  private static Weights weights(Scope scope, InitialWeights initial) {
    Map<String, Tensor> tensors = new HashMap<>();
    initial.shapes().keySet().forEach(name -> tensors.put(name, initial.make(scope, name)));
    return Weights.of("new weights", tensors);
  }

  private static MemoryBudget budget(long bytes) {
    return new MemoryBudget(() -> bytes, bytes, 1);
  }

  @Test
  void whereABatchOfTilesDoesNotFitFewerAtATimeGiveTheSameVelocity() {
    FloatPixels latent = FloatPixels.blank(64, 48, 4);
    for (int i = 0; i < latent.samples().length; i++) {
      latent.samples()[i] = (float) Math.sin(i);
    }
    FloatPixels roomy;
    long peak;
    try (Backend backend = new VectorBackend(1, Long.MAX_VALUE); Scope scope = Scope.on(backend)) {
      roomy = velocity(backend, scope, latent);
      peak = backend.memory().peak();
    }
    try (Backend backend = new VectorBackend(1, peak / 3); Scope scope = Scope.on(backend)) {
      assertArrayEquals(roomy.samples(), velocity(backend, scope, latent).samples());
    }
    try (Backend backend = new VectorBackend(1, peak / 100); Scope scope = Scope.on(backend)) {
      assertThrows(MemoryLimitException.class, () -> velocity(backend, scope, latent));
    }
  }

  private static FloatPixels velocity(Backend backend, Scope scope, FloatPixels latent) {
    NetworkPass pass = new NetworkPass(backend, model(scope), DType.F32, new Progress.Count(Progress.NONE, 1));
    LatentTiles tiles = LatentTiles.even(latent.width(), latent.height(), 16, 4, 2);
    return pass.velocity(latent, tiles, t -> TileWindow.centred(t.tileWidth(), t.tileHeight()));
  }

  @ParameterizedTest
  @EnumSource(Coding.class)
  void whatAPieceNeedsIsKnownBeforehand(Coding coding) throws IOException {
    try (Backend backend = new VectorBackend(1, Long.MAX_VALUE);
        LoadedModel loaded = LoadedModel.open(
            backend, UpscalerOptions.defaults().withModel(PipelineCase.model()), DType.F32, () -> Long.MAX_VALUE)) {
      int width = coding.encodes() ? 320 : 40;
      int height = coding.encodes() ? 240 : 30;
      int channels = coding.encodes() ? 3 : 16;
      long before = backend.memory().inUse();
      NetworkPass pass =
          new NetworkPass(backend, loaded.model(), DType.F32, new Progress.Count(Progress.NONE, 1));
      pass.code(coding, List.of(FloatPixels.blank(width, height, channels)), NormRule.EACH);
      long taken = backend.memory().peak() - before;
      long said = budget(Long.MAX_VALUE).need(loaded.model(), DType.F32, coding, width, height);
      assertTrue(taken <= said, "said " + said + ", took " + taken);
      assertTrue(said <= 1.3 * taken, "said " + said + ", took " + taken);
    }
  }

  /** 3x3 kernels of many channels go by minimal filtering. */
  @ParameterizedTest
  @CsvSource({"64, 8, 1", "128, 8, 1", "128, 8, 2", "128, 9, 1", "128, 64, 2", "512, 16, 2"})
  void whatAConvolutionNeedsIsKnownBeforehand(int channels, int side, int threads) {
    try (Backend backend = new VectorBackend(threads, Long.MAX_VALUE);
        CountingBackend counting = new CountingBackend(threads)) {
      long taken = convolve(backend, channels, side);
      long said = convolve(counting, channels, side);
      assertTrue(taken <= said, "said " + said + ", took " + taken);
      assertTrue(said - taken <= threads * (64 << 10), "said " + said + ", took " + taken);
    }
  }

  private static long convolve(Backend backend, int channels, int side) {
    try (Scope scope = Scope.on(backend)) {
      Tensor x = scope.full(1, DType.F32, 1, side, side, channels);
      Tensor w = scope.full(1, DType.BF16, channels, 3, 3, channels);
      Tensor bias = scope.full(1, DType.BF16, channels);
      Tensor y = scope.empty(DType.F32, 1, side, side, channels);
      backend.run(new Conv2d(x, w, bias, ConvGeometry.square(1, 1), y));
      return backend.memory().peak();
    }
  }

  @ParameterizedTest
  @CsvSource({"64, 24, 1", "37, 24, 2", "16, 128, 1", "9, 128, 2", "6, 144, 5"})
  void whatGradientsNeedIsKnownBeforehand(int side, int channels, int threads) {
    for (Function<Scope, Op> gradient : List.<Function<Scope, Op>>of(
        s -> inputGrad(s, side, channels), s -> weightGrad(s, side, channels), s -> attentionGrad(s, side))) {
      long[] peaks = new long[2];
      try (Backend backend = new VectorBackend(threads, Long.MAX_VALUE);
          CountingBackend counting = new CountingBackend(threads)) {
        for (int i = 0; i < 2; i++) {
          Backend on = i == 0 ? backend : counting;
          try (Scope scope = Scope.on(on)) {
            on.run(gradient.apply(scope));
            peaks[i] = on.memory().peak();
          }
        }
      }
      // Blocks of working memory and of tensors are multiples of 64 bytes.
      assertTrue(peaks[0] <= peaks[1] + 1024, "said " + peaks[1] + ", took " + peaks[0]);
      assertTrue(peaks[1] - peaks[0] <= threads * (64 << 10), "said " + peaks[1] + ", took " + peaks[0]);
    }
  }

  private static Op inputGrad(Scope scope, int side, int channels) {
    Tensor dy = scope.full(1, DType.F32, 1, side, side, 2L * channels);
    return new Conv2dInputGrad(dy, scope.full(1, DType.BF16, 2L * channels, 3, 3, channels), ConvGeometry.square(1, 1),
        scope.full(1, DType.F32, 1, side, side, channels), false);
  }

  private static Op weightGrad(Scope scope, int side, int channels) {
    return new Conv2dWeightGrad(scope.full(1, DType.F32, 1, side, side, channels),
        scope.full(1, DType.F32, 1, side, side, 2L * channels), ConvGeometry.square(1, 1),
        scope.full(0, DType.F32, 2L * channels, 3, 3, channels), false);
  }

  private static Op attentionGrad(Scope scope, int side) {
    List<Tensor> t = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      t.add(scope.full(0.1, DType.F32, 1, 4L * side, 2, 16));
    }
    return new AttentionGrad(t.get(0), t.get(1), t.get(2), null, false, 0.25, t.get(3),
        scope.full(1, DType.F32, 1, 2, 4L * side), t.get(4), t.get(5), t.get(6), t.get(7), null);
  }

  @Test
  void aLargePictureStaysUnderWhatIsAllowed() {
    long allowed = 12L << 20;
    try (Backend backend = new VectorBackend(1, allowed); Scope scope = Scope.on(backend)) {
      OneStepModel model = model(scope);
      UpscaleSettings settings = new UpscaleSettings(
          new OutputSize.Scale(4), 0, ColourAlignment.NONE, new Tiling(16, 4, 0, 0), false);
      PictureUpscaler upscaler = new PictureUpscaler(backend, model, DType.F32, RowLoop.serial(), budget(allowed));
      assertTrue(budget(allowed).need(model, DType.F32, Coding.PICTURE, 300, 200) > 2 * allowed);
      assertEquals(600, upscaler.upscale(TestPictures.rgb(150, 100), settings, Progress.NONE).width());
      assertTrue(backend.memory().peak() <= allowed);
    }
  }

  @Test
  void allowingTooLittleForTheSmallestTileIsSaid() {
    try (Backend backend = new VectorBackend(1, Long.MAX_VALUE); Scope scope = Scope.on(backend)) {
      OneStepModel model = model(scope);
      MemoryLimitException e = assertThrows(MemoryLimitException.class,
          () -> budget(1 << 20).tile(model, DType.F32, Coding.MEAN, 600, 400, 32, 0));
      assertTrue(e.getMessage().endsWith("are left: allow more memory"), e.getMessage());
    }
  }

  @Test
  void aPictureThatFitsGoesWhole() {
    try (Backend backend = new VectorBackend(1, Long.MAX_VALUE); Scope scope = Scope.on(backend)) {
      assertEquals(600, budget(1L << 32).tile(model(scope), DType.F32, Coding.MEAN, 600, 400, 32, 0));
    }
  }

  @ParameterizedTest
  @EnumSource(value = Coding.class, names = {"MEAN", "PICTURE"})
  void tilesGiveWhatTheWholePictureGivesUnderTheSameStatistics(Coding coding) {
    try (Backend backend = new VectorBackend(1, Long.MAX_VALUE); Scope scope = Scope.on(backend)) {
      OneStepModel model = model(scope);
      NetworkPass pass = new NetworkPass(backend, model, DType.F32, new Progress.Count(Progress.NONE, 1000));
      FloatPixels picture = TestPictures.rgb(224, 160).toUnit();
      FloatPixels in =
          coding.encodes() ? picture : pass.code(Coding.MEAN, List.of(picture), NormRule.EACH).getFirst();
      int factor = coding.encodes() ? 1 : VAE.factor();
      int margin = PictureUpscaler.MARGIN * VAE.factor() / factor;
      VaeTiles tiles = coding.encodes()
          ? VaeTiles.encoder(in.width(), in.height(), 64, margin, VAE.factor())
          : VaeTiles.decoder(in.width(), in.height(), 32, margin, VAE.factor());
      assertTrue(tiles.tiles().size() >= 4, tiles.tiles().size() + " tiles");
      FloatPixels tiled = pass.code(coding, PixelSource.of(in), tiles, VaeRule.SHARED);
      SharedNorm norms = new SharedNorm();
      pass.code(coding, List.of(VaeRule.shrunken(PixelSource.of(in), tiles)), norms.noting());
      FloatPixels whole = pass.code(coding, List.of(in), norms.using()).getFirst();
      for (int i = 0; i < whole.samples().length; i++) {
        assertEquals(whole.samples()[i], tiled.samples()[i], 1e-4, "value " + i);
      }
    }
  }
}
