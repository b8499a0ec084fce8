package io.github.tsdsr.cli;

import io.github.tsdsr.infer.UpscalerOptions;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which model works: a folder's, or the built-in one between its two ends. To be used as an exclusive group. */
final class ModelOptions {
  @Option(names = "--model", paramLabel = "DIR", description = "A model's folder (default: the built-in model).")
  private Path folder;

  @Option(names = "--fidelity", paramLabel = "0..1",
      description = "Of the built-in model: 1 stays closest to the photo, 0 is sharpest to look at (default: "
          + UpscalerOptions.DEFAULT_FIDELITY + ").")
  private Double fidelity;

  /** Options with this model. */
  UpscalerOptions on(UpscalerOptions options) {
    if (folder != null) {
      return options.withModel(folder);
    }
    return fidelity == null ? options : options.withFidelity(fidelity);
  }
}
