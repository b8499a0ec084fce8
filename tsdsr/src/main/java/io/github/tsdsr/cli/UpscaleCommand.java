package io.github.tsdsr.cli;

import io.github.tsdsr.infer.OneStepUpscaler;
import io.github.tsdsr.infer.Precision;
import io.github.tsdsr.infer.Tiling;
import io.github.tsdsr.infer.UpscaleSettings;
import io.github.tsdsr.infer.UpscalerOptions;
import io.github.tsdsr.infer.colour.ColourAlignment;
import io.github.tsdsr.infer.size.OutputSize;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code tsdsr upscale}. */
@Command(
    name = "upscale",
    description = "Makes pictures larger: photo.jpg becomes photo_x4.png, four times as wide and high.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class UpscaleCommand implements Callable<Integer> {
  @Parameters(paramLabel = "INPUT", arity = "1..*", description = "Pictures, and folders of pictures.")
  private List<Path> inputs;

  @Option(names = {"-o", "--output"}, paramLabel = "FILE|DIR",
      description = "Where the result goes (default: beside the input).")
  private String output;

  @ArgGroup(exclusive = true)
  private ModelOptions model = new ModelOptions();

  @Option(names = "--lora", paramLabel = "DIR",
      description = "A folder with adapters: transformer.safetensors, vae.safetensors or both.")
  private Path lora;

  @Option(names = "--embeddings", paramLabel = "DIR",
      description = "A folder with an embedded prompt (default: embeddings/default in the model).")
  private Path embeddings;

  /** How large. */
  private static final class Size {
    @Option(names = "--scale", paramLabel = "FACTOR", description = "How many times as wide and high (default: 4).")
    private Double scale;

    @Option(names = "--size", paramLabel = "WxH", converter = SizeText.class,
        description = "The output's size; 1920x and x1080 keep the shape.")
    private OutputSize size;
  }

  @ArgGroup(exclusive = true)
  private Size size = new Size();

  @Option(names = "--process-size", paramLabel = "N",
      description = "Least side of the picture in the networks; smaller ones are padded.")
  private Integer processSize;

  @Option(names = "--align", paramLabel = "HOW",
      description = "How the output takes on the input's colours: wavelet, adain or none.")
  private ColourAlignment align;

  @Option(names = "--tile", paramLabel = "N", description = "Side of the transformer's tiles, in latent pixels.")
  private Integer tile;

  @Option(names = "--tile-overlap", paramLabel = "N", description = "Least overlap of the transformer's tiles.")
  private Integer tileOverlap;

  @Option(names = "--vae-encoder-tile", paramLabel = "N",
      description = "Side of the encoder's tiles, in pixels (default: whole where memory allows).")
  private Integer encoderTile;

  @Option(names = "--vae-decoder-tile", paramLabel = "N",
      description = "Side of the decoder's tiles, in latent pixels (default: whole where memory allows).")
  private Integer decoderTile;

  @Option(names = "--compat",
      description = "The published program to the letter: sizes, tiles, rounding; no alpha, orientation or profile.")
  private boolean compat;

  @Option(names = "--sample-latent", description = "Draw the latent from its distribution instead of taking its mean.")
  private boolean sampleLatent;

  @Option(names = "--seed", paramLabel = "N", description = "Seed of --sample-latent (default: 0).")
  private Long seed;

  @Option(names = "--device", paramLabel = "NAME", defaultValue = "auto",
      description = "auto, cpu, cuda or cuda:N (default: auto).")
  private String device;

  @Option(names = "--precision", paramLabel = "TYPE",
      description = "f32, bf16 or f16 (default: the device's; the CPU's is f32, and some multiply in bf16).")
  private Precision precision = Precision.AUTO;

  @Mixin
  private BackendOptions backendOptions;

  @Mixin
  private OutputOptions outputOptions;

  /** Reads WxH, Wx and xH. */
  static final class SizeText implements ITypeConverter<OutputSize> {
    @Override
    public OutputSize convert(String text) {
      try {
        return OutputSize.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  @Override
  public Integer call() throws Exception {
    if (seed != null && !sampleLatent) {
      throw new IllegalArgumentException("--seed is for --sample-latent, which is not given");
    }
    OutputNames names = new OutputNames(suffix(), output, outputOptions.format());
    PictureJobs jobs = PictureJobs.of(inputs, outputOptions.recursive(), names);
    int quality = outputOptions.quality(jobs.jobs());
    try (WriteGuard guard = new WriteGuard();
        PictureReport report = new PictureReport("upscale", jobs.jobs().size(), outputOptions)) {
      try (OneStepUpscaler upscaler = OneStepUpscaler.open(options())) {
        PictureRun.Work work = (_, picture, progress) -> upscaler.upscale(picture, upscaler.settings(), progress);
        return new PictureRun(jobs, report, guard, outputOptions, quality, work).run(1);
      }
    }
  }

  private String suffix() {
    if (size.size == null) {
      return OutputNames.suffix(new OutputSize.Scale(size.scale == null ? 4 : size.scale));
    }
    return OutputNames.suffix(size.size);
  }

  private UpscalerOptions options() {
    UpscalerOptions options = UpscalerOptions.defaults()
        .withDevice(device)
        .withPrecision(precision)
        .withThreads(backendOptions.threads())
        .withSettings(this::settings);
    options = model.on(options);
    options = lora == null ? options : options.withLora(lora);
    options = embeddings == null ? options : options.withEmbeddings(embeddings);
    return backendOptions.memory().isEmpty() ? options : options.withMemory(backendOptions.memory().getAsLong());
  }

  private UpscaleSettings settings(UpscaleSettings own) {
    UpscaleSettings s = own;
    s = size.scale == null ? s : s.withScale(size.scale);
    s = size.size == null ? s : s.withSize(size.size);
    s = processSize == null ? s : s.withProcessSize(processSize);
    s = align == null ? s : s.withAlign(align);
    Tiling t = s.tiling();
    t = tile == null ? t : t.withLatent(tile);
    t = tileOverlap == null ? t : t.withOverlap(tileOverlap);
    t = encoderTile == null ? t : t.withEncoder(encoderTile);
    t = decoderTile == null ? t : t.withDecoder(decoderTile);
    return s.withTiling(t)
        .withSampleSeed(sampleLatent ? OptionalLong.of(seed == null ? 0 : seed) : OptionalLong.empty())
        .withPublished(compat);
  }
}
