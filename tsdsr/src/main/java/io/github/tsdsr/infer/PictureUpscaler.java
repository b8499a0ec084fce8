package io.github.tsdsr.infer;

import io.github.tsdsr.infer.colour.AlignmentInStrips;
import io.github.tsdsr.infer.resize.PillowFilter;
import io.github.tsdsr.infer.resize.PillowResize;
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

/**
 * One-step super-resolution of one RGB picture: bicubic to the target size, encode, z - v(z), decode, colours. Two rules for
 * everything around the networks: our own, and the published program's.
 */
public final class PictureUpscaler {
  /** The margin of autoencoder tiles under our own rule, in latent pixels: all that a pixel of a small one depends on. */
  static final int MARGIN = 16;

  /** Of the output, in one strip of rows when its colours are aligned. */
  private static final int STRIP_PIXELS = 1 << 21;

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
    return finishPublished(rgb, plan, decoded(rgb.toUnit(), plan, settings, progress), settings);
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
    return finish(rgb, plan, decoded(rgb, plan, settings, progress), settings);
  }

  /** The sizes of a picture under the settings. */
  public SizePlan plan(Pixels input, UpscaleSettings settings) {
    if (settings.published()) {
      int scale = (int) ((OutputSize.Scale) settings.size()).factor();
      return SizePlan.published(input, scale, settings.processSize());
    }
    return SizePlan.padded(input, settings.size(), model.multiple(), settings.processSize());
  }

  /** Runs the networks on a picture whose samples lie in [0, 1], and keeps all that they give. */
  public Stages stages(FloatPixels rgb, SizePlan plan, UpscaleSettings settings, Progress progress) {
    Run run = run(rgb, plan, settings, progress);
    FloatPixels latent = run.latent();
    FloatPixels velocity = run.velocity(latent);
    FloatPixels student = minus(latent, new FloatPixels(
        velocity.width(), velocity.height(), velocity.channels(), velocity.samples().clone()));
    return new Stages(run.input.whole(), latent, velocity, student, run.decoded(student));
  }

  /** The same with the last result alone: what is done with is let go, since each part is as large as the picture. */
  private FloatPixels decoded(FloatPixels rgb, SizePlan plan, UpscaleSettings settings, Progress progress) {
    Run run = run(rgb, plan, settings, progress);
    return run.decoded(run.student());
  }

  private Run run(FloatPixels rgb, SizePlan plan, UpscaleSettings settings, Progress progress) {
    HeapNeed.check(plan, model.vae().config(), settings, Runtime.getRuntime().maxMemory());
    EnlargedInput input = new EnlargedInput(rgb, plan, loop);
    Pieces pieces = pieces(input, settings);
    NetworkPass pass = new NetworkPass(backend, model, dtype, new Progress.Count(progress, pieces.count()));
    return new Run(input, pieces, pass, settings);
  }

  /** One picture's way through the networks. */
  private final class Run {
    private final EnlargedInput input;
    private final Pieces pieces;
    private final NetworkPass pass;
    private final UpscaleSettings settings;
    private final VaeRule rule;

    Run(EnlargedInput input, Pieces pieces, NetworkPass pass, UpscaleSettings settings) {
      this.input = input;
      this.pieces = pieces;
      this.pass = pass;
      this.settings = settings;
      rule = settings.published() ? VaeRule.PUBLISHED : VaeRule.SHARED;
    }

    FloatPixels latent() {
      if (settings.sampleSeed().isEmpty()) {
        return pass.code(Coding.MEAN, input, pieces.encoder, rule);
      }
      FloatPixels moments = pass.code(Coding.MOMENTS, input, pieces.encoder, rule);
      return LatentSample.of(moments, settings.sampleSeed().getAsLong(), model.vae().config().scalingFactor());
    }

    FloatPixels velocity(FloatPixels latent) {
      return pass.velocity(latent, pieces.transformer, tiles -> settings.published()
          ? TileWindow.published(tiles.tileWidth())
          : TileWindow.centred(tiles.tileWidth(), tiles.tileHeight()));
    }

    FloatPixels student() {
      FloatPixels latent = latent();
      return minus(latent, velocity(latent));
    }

    FloatPixels decoded(FloatPixels student) {
      NonFiniteException.check("the student's latent", student.samples());
      FloatPixels decoded = pass.code(Coding.PICTURE, PixelSource.of(student), pieces.decoder, rule);
      NonFiniteException.check("the decoded picture", decoded.samples());
      return decoded;
    }
  }

  /** In what pieces a picture goes through the networks. */
  private record Pieces(VaeTiles encoder, LatentTiles transformer, VaeTiles decoder) {
    int count() {
      return encoder.tiles().size() + transformer.calls().size() + decoder.tiles().size();
    }
  }

  private Pieces pieces(PixelSource input, UpscaleSettings settings) {
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

  /** a - b, in the place of b. */
  private static FloatPixels minus(FloatPixels a, FloatPixels b) {
    float[] out = b.samples();
    for (int i = 0; i < out.length; i++) {
      out[i] = a.samples()[i] - out[i];
    }
    return b;
  }

  private FloatPixels finish(FloatPixels rgb, SizePlan plan, FloatPixels decoded, UpscaleSettings settings) {
    return new AlignmentInStrips(settings.align(), STRIP_PIXELS, loop)
        .align(decoded, plan.content().width(), plan.content().height(), rgb);
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
