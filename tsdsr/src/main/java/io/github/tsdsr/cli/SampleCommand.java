package io.github.tsdsr.cli;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.infer.PictureSampler;
import io.github.tsdsr.infer.size.OutputSize;
import io.github.tsdsr.io.image.ImageFormat;
import io.github.tsdsr.io.image.Images;
import io.github.tsdsr.io.model.BackendWeights;
import io.github.tsdsr.io.model.EmbeddingFiles;
import io.github.tsdsr.model.AdapterFiles;
import io.github.tsdsr.model.ModelFolder;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.sd3.Guidance;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.train.network.LearnedPrompt;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tsdsr sample}. */
@Command(
    name = "sample",
    description = "Makes pictures from noise with a multi-step model, such as a trained teacher: shows what it knows.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
final class SampleCommand implements Callable<Integer> {
  @Parameters(paramLabel = "MODEL", description = "A model's folder.")
  private Path model;

  @Option(names = {"-o", "--output"}, paramLabel = "DIR", required = true,
      description = "The folder that pictures go to, as sample-SEED-NUMBER.png.")
  private Path output;

  @Option(names = "--count", paramLabel = "N", defaultValue = "4",
      description = "How many pictures (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(names = "--size", paramLabel = "WxH", description = "Their size (default: what the model was trained on).")
  private String size;

  @Option(names = "--steps", paramLabel = "N", defaultValue = "28", description = "Steps (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(names = "--guidance", paramLabel = "X", defaultValue = "1",
      description = "How far to go from the null prompt to the default one (default: ${DEFAULT-VALUE}, the default prompt"
          + " alone; SD3 is used with 7).")
  private double guidance;

  @Option(names = "--lora", paramLabel = "DIR", description = "Adapters of the transformer.")
  private Path lora;

  @Option(names = "--seed", paramLabel = "N", defaultValue = "0",
      description = "The noise follows from it (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--overwrite", description = "Replace pictures that are there.")
  private boolean overwrite;

  @Option(names = "--quiet", description = "No progress.")
  private boolean quiet;

  @Mixin
  private BackendOptions backendOptions;

  @Override
  public Integer call() throws IOException {
    if (count < 1 || steps < 1) {
      throw new IllegalArgumentException("--count " + count + " --steps " + steps + ": expected at least 1 of each");
    }
    if (!Double.isFinite(guidance)) {
      throw new IllegalArgumentException("--guidance " + guidance + ": expected a number");
    }
    List<Path> files = files();
    try (ModelFolder folder = ModelFolder.open(model);
        Backend backend = backendOptions.open();
        Scope scope = Scope.on(backend);
        BackendWeights transformer = BackendWeights.on(backend, folder.transformer());
        BackendWeights vae = BackendWeights.on(backend, folder.vae());
        AdapterFiles adapterFiles = lora == null ? null : AdapterFiles.open(lora)) {
      Adapters adapters = lora == null ? Adapters.NONE
          : adapterFiles.transformerOf(folder.transformerConfig());
      PictureSampler sampler = new PictureSampler(
          backend, new Vae(folder.vaeConfig(), vae), new MmDit(folder.transformerConfig(), transformer), adapters,
          prompt(scope, folder, folder.defaultPrompt()),
          guidance == 1 ? null : prompt(scope, folder, folder.nullPrompt()), new Guidance(guidance, true), steps);
      sample(sampler, files, pixels(folder));
      return ExitCode.OK;
    }
  }

  private static Prompt prompt(Scope scope, ModelFolder folder, EmbeddingFiles files) {
    try (files) {
      return LearnedPrompt.load(scope, files, folder.transformerConfig());
    }
  }

  private OutputSize.Pixels pixels(ModelFolder folder) {
    if (size == null) {
      int side = folder.transformerConfig().sampleSize() * folder.vaeConfig().factor();
      return new OutputSize.Pixels(side, side);
    }
    if (OutputSize.parse(size) instanceof OutputSize.Exactly exactly) {
      return new OutputSize.Pixels(exactly.width(), exactly.height());
    }
    throw new IllegalArgumentException("--size " + size + ": expected width and height, such as 128x128");
  }

  /** The files, none of which is there unless it may be replaced. */
  private List<Path> files() throws IOException {
    if (Files.exists(output) && !Files.isDirectory(output)) {
      throw new FileSystemException(output.toString(), null, "expected a folder, or a name for a new one");
    }
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Path file = output.resolve("sample-" + seed + "-" + i + ".png");
      if (!overwrite && Files.exists(file)) {
        throw new FileAlreadyExistsException(file.toString(), null, "is there already; replace it with --overwrite");
      }
      files.add(file);
    }
    return files;
  }

  private void sample(PictureSampler sampler, List<Path> files, OutputSize.Pixels pixels) throws IOException {
    try (WriteGuard guard = new WriteGuard()) {
      Files.createDirectories(output);
      for (int i = 0; i < files.size(); i++) {
        Path file = files.get(i);
        BytePixels picture = sampler.sample(pixels.width(), pixels.height(), seed, i, (_, _, _) -> {});
        guard.write(() -> Images.write(Pictures.image(picture), file, ImageFormat.PNG));
        if (!quiet) {
          System.err.println(String.format(Locale.ROOT, "%d of %d: %s", i + 1, files.size(), file));
        }
      }
    }
  }
}
