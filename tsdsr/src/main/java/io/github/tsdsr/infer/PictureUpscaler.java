package io.github.tsdsr.infer;

import io.github.tsdsr.infer.resize.PillowFilter;
import io.github.tsdsr.infer.resize.PillowResize;
import io.github.tsdsr.infer.resize.TorchBicubic;
import io.github.tsdsr.infer.size.OutputSize;
import io.github.tsdsr.infer.size.OutputSize.Pixels;
import io.github.tsdsr.infer.size.SizePlan;
import io.github.tsdsr.infer.tile.LatentTiles;
import io.github.tsdsr.infer.tile.TileWindow;
import io.github.tsdsr.infer.tile.VaeTiles;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.ByteRounding;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.RowLoop;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import java.util.OptionalLong;

/**
 * One-step super-resolution of one RGB picture: bicubic to the target size, encode, z - v(z), decode, colours. Two rules for
 * everything around the networks: our own, and the published program's.
 */
public final class PictureUpscaler {
  /** The margin of autoencoder tiles under our own rule, in latent pixels: all that a pixel of a small one depends on. */
  static final int MARGIN = 16;

  private final Backend backend;
  private final OneStepModel model;
  private final DType dtype;
  private final RowLoop loop;
  private final MemoryBudget budget;

  /**
   * @param dtype of activations
   * @param loop how resizing and colour alignment share out rows
   * @param budget what memory tensors may take
   */
  public PictureUpscaler(Backend backend, OneStepModel model, DType dtype, RowLoop loop, MemoryBudget budget) {
    this.backend = backend;
    this.model = model;
    this.dtype = dtype;
    this.loop = loop;
    this.budget = budget;
  }

  /** One that takes as much memory as a picture needs. */
  public PictureUpscaler(Backend backend, OneStepModel model, DType dtype, RowLoop loop) {
    this(backend, model, dtype, loop, MemoryBudget.unlimited());
  }

  /** Everything that was computed on the way, for those who compare. */
  public record Stages(FloatPixels input, FloatPixels latent, FloatPixels velocity, FloatPixels student,
      FloatPixels decoded) {}

  /**
   * Upscales under either rule; our own works in floats and rounds once.
   *
   * @throws java.util.concurrent.CancellationException if the progress said so
   * @throws NonFiniteException if the networks' output is not finite
   */
  public BytePixels upscale(BytePixels rgb, UpscaleSettings settings, Progress progress) {
    if (!settings.published()) {
      return upscale(rgb.toUnit(), settings, progress).toBytes(ByteRounding.NEAREST);
    }
    SizePlan plan = plan(new Pixels(rgb.width(), rgb.height()), settings);
    return finishPublished(rgb, plan, stages(rgb.toUnit(), plan, settings, progress).decoded, settings);
  }

  /**
   * Upscales under our own rule.
   *
   * @param rgb samples in [0, 1]
   * @return samples about [0, 1], neither clamped nor rounded
   * @throws IllegalArgumentException if the settings ask for the published rule, which knows bytes only
   * @throws java.util.concurrent.CancellationException if the progress said so
   * @throws NonFiniteException if the networks' output is not finite
   */
  public FloatPixels upscale(FloatPixels rgb, UpscaleSettings settings, Progress progress) {
    if (settings.published()) {
      throw new IllegalArgumentException("the published rule works on bytes");
    }
    SizePlan plan = plan(new Pixels(rgb.width(), rgb.height()), settings);
    return finish(rgb, plan, stages(rgb, plan, settings, progress).decoded, settings);
  }

  /** The sizes of a picture under the settings. */
  public SizePlan plan(Pixels input, UpscaleSettings settings) {
    if (settings.published()) {
      int scale = (int) ((OutputSize.Scale) settings.size()).factor();
      return SizePlan.published(input, scale, settings.processSize());
    }
    return SizePlan.padded(input, settings.size(), model.multiple(), settings.processSize());
  }

  /** Runs the networks on a picture whose samples lie in [0, 1]. */
  public Stages stages(FloatPixels rgb, SizePlan plan, UpscaleSettings settings, Progress progress) {
    FloatPixels input = input(rgb, plan);
    Pieces pieces = pieces(input, settings);
    NetworkPass pass = new NetworkPass(backend, model, dtype, new Progress.Count(progress, pieces.count()));
    VaeRule rule = settings.published() ? VaeRule.PUBLISHED : VaeRule.SHARED;
    FloatPixels latent = latent(pass, input, pieces.encoder, rule, settings.sampleSeed());
    FloatPixels velocity = pass.velocity(latent, pieces.transformer, tiles -> settings.published()
        ? TileWindow.published(tiles.tileWidth())
        : TileWindow.centred(tiles.tileWidth(), tiles.tileHeight()));
    FloatPixels student = minus(latent, velocity);
    NonFiniteException.check("the student's latent", student.samples());
    FloatPixels decoded = pass.code(Coding.PICTURE, student, pieces.decoder, rule);
    NonFiniteException.check("the decoded picture", decoded.samples());
    return new Stages(input, latent, velocity, student, decoded);
  }

  /** In what pieces a picture goes through the networks. */
  private record Pieces(VaeTiles encoder, LatentTiles transformer, VaeTiles decoder) {
    int count() {
      return encoder.tiles().size() + transformer.calls().size() + decoder.tiles().size();
    }
  }

  private Pieces pieces(FloatPixels input, UpscaleSettings settings) {
    int factor = model.vae().config().factor();
    int width = input.width() / factor;
    int height = input.height() / factor;
    if (settings.published()) {
      Tiling t = settings.tiling().forPublishedRule();
      return new Pieces(
          VaeTiles.encoder(input.width(), input.height(), t.encoder(), VaeTiles.ENCODER_MARGIN, factor),
          LatentTiles.published(width, height, t.latent(), t.overlap()),
          VaeTiles.decoder(width, height, t.decoder(), VaeTiles.DECODER_MARGIN, factor));
    }
    Tiling t = settings.tiling();
    int margin = MARGIN * factor;
    int encoder = t.encoder() > 0 ? t.encoder() : tile(Coding.MEAN, input.width(), input.height(), margin);
    int decoder = t.decoder() > 0 ? t.decoder() : tile(Coding.PICTURE, width, height, MARGIN);
    int patch = model.transformer().config().patchSize();
    return new Pieces(
        VaeTiles.encoder(input.width(), input.height(), encoder, margin, factor),
        LatentTiles.even(width, height, t.latent(), t.overlap(), patch),
        VaeTiles.decoder(width, height, decoder, MARGIN, factor));
  }

  private int tile(Coding coding, int width, int height, int margin) {
    return budget.tile(model, dtype, coding, width, height, margin, backend.memory().inUse());
  }

  private FloatPixels latent(
      NetworkPass pass, FloatPixels input, VaeTiles tiles, VaeRule rule, OptionalLong sampleSeed) {
    if (sampleSeed.isEmpty()) {
      return pass.code(Coding.MEAN, input, tiles, rule);
    }
    FloatPixels moments = pass.code(Coding.MOMENTS, input, tiles, rule);
    return LatentSample.of(moments, sampleSeed.getAsLong(), model.vae().config().scalingFactor());
  }

  /** The picture as the encoder gets it: bicubic to the content's size, in [-1,1], clamped, padded by its edge. */
  private FloatPixels input(FloatPixels rgb, SizePlan plan) {
    Pixels content = plan.content();
    FloatPixels unit = TorchBicubic.resize(rgb, content.width(), content.height(), loop);
    float[] samples = new float[unit.samples().length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = Math.clamp(unit.samples()[i] * 2 - 1, -1f, 1f);
    }
    return new FloatPixels(unit.width(), unit.height(), unit.channels(), samples)
        .padByEdge(plan.processed().width(), plan.processed().height());
  }

  private static FloatPixels minus(FloatPixels a, FloatPixels b) {
    float[] out = new float[a.samples().length];
    for (int i = 0; i < out.length; i++) {
      out[i] = a.samples()[i] - b.samples()[i];
    }
    return new FloatPixels(a.width(), a.height(), a.channels(), out);
  }

  private FloatPixels finish(FloatPixels rgb, SizePlan plan, FloatPixels decoded, UpscaleSettings settings) {
    FloatPixels content = decoded.crop(0, 0, plan.content().width(), plan.content().height());
    float[] samples = content.samples();
    for (int i = 0; i < samples.length; i++) {
      samples[i] = Math.clamp(samples[i] / 2 + 0.5f, 0f, 1f);
    }
    return settings.align().align(content, rgb, loop);
  }

  /** The published program's: truncated to bytes, resized where sizes differ, aligned in bytes, truncated again. */
  private BytePixels finishPublished(BytePixels rgb, SizePlan plan, FloatPixels decoded, UpscaleSettings settings) {
    BytePixels bytes = decoded.signedToBytes(ByteRounding.TRUNCATE);
    if (plan.resizedBack()) {
      bytes = PillowResize.resize(bytes, plan.output().width(), plan.output().height(), PillowFilter.BICUBIC, loop);
    }
    return settings.align().alignPublished(bytes, rgb, loop);
  }
}
