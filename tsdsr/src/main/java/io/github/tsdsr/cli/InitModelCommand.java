package io.github.tsdsr.cli;

import io.github.tsdsr.model.ModelShape;
import io.github.tsdsr.model.NewModel;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code tsdsr init-model}. */
@Command(
    name = "init-model",
    description = "Writes a model folder with new random weights.",
    mixinStandardHelpOptions = true)
final class InitModelCommand implements Callable<Integer> {
  @Parameters(paramLabel = "CONFIG",
      description = "sd3-medium, sd3.5-medium, or a folder with transformer/config.json and vae/config.json, or a JSON or"
          + " YAML file with both under the keys transformer and vae.")
  private String config;

  @Option(names = {"-o", "--output"}, paramLabel = "DIR", required = true, description = "The model's folder.")
  private Path folder;

  @Option(names = "--seed", paramLabel = "N", description = "What the random numbers depend on (default: 0).")
  private long seed;

  @Option(names = "--type", paramLabel = "TYPE", converter = StoredType.class, defaultValue = "bf16",
      description = "How weights are stored: bf16, f16 or f32 (default: bf16).")
  private DType type;

  @Option(names = "--shard-size", paramLabel = "SIZE", converter = BackendOptions.Size.class, defaultValue = "5g",
      description = "Most bytes of weights in a file, beyond which there are several (default: 5g).")
  private long shardBytes;

  @Option(names = "--overwrite", description = "Replace a model that is in the folder.")
  private boolean overwrite;

  @Mixin
  private BackendOptions backendOptions;

  @Spec
  private CommandSpec spec;

  /** Reads bf16, f16 and f32. */
  static final class StoredType implements ITypeConverter<DType> {
    @Override
    public DType convert(String text) {
      return switch (text.toLowerCase(Locale.ROOT)) {
        case "bf16" -> DType.BF16;
        case "f16" -> DType.F16;
        case "f32" -> DType.F32;
        default -> throw new TypeConversionException("'" + text + "': expected bf16, f16 or f32");
      };
    }
  }

  @Override
  public Integer call() throws Exception {
    NewModel model = new NewModel(ModelShape.of(config), type, seed, shardBytes);
    try (Backend backend = backendOptions.open()) {
      Interruption.guard(() -> {
        model.write(backend, folder, overwrite, (_, _) -> !Thread.currentThread().isInterrupted());
        return null;
      });
    }
    spec.commandLine().getOut().printf(Locale.ROOT, "%s: %,d parameters in %s, %.2f GB%n", folder, model.parameters(),
        type, model.bytes() / 1e9);
    return ExitCode.OK;
  }
}
