package io.github.tsdsr.cli;

import io.github.tsdsr.data.Degradation;
import io.github.tsdsr.data.degrade.DegradationConfig;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.config.Config;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** How pictures are degraded. */
final class DegradationOptions {
  @Option(names = "--config", paramLabel = "FILE",
      description = "A YAML file as the section `degradation` of a training configuration (default: kind realesrgan with its"
          + " published parameters).")
  private Path file;

  @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Replaces a value of that configuration.")
  private Map<String, String> overrides = Map.of();

  @Option(names = "--scale", paramLabel = "N", description = "How many times smaller (default: 4).")
  private Integer scale;

  @Option(names = "--seed", paramLabel = "N", description = "What all random numbers follow from (default: 0).")
  private long seed;

  long seed() {
    return seed;
  }

  /**
   * The degradation, read and checked.
   *
   * @throws FormatException if a key is unknown or a value makes no sense
   */
  Degradation degradation() throws IOException {
    Config config = config();
    try {
      Degradation degradation = DegradationConfig.readRealEsrgan(config);
      config.refuseUnread();
      return degradation;
    } catch (IllegalArgumentException e) {
      throw new FormatException(config.file(), e.getMessage());
    }
  }

  private Config config() throws IOException {
    Map<String, String> all = new LinkedHashMap<>(overrides);
    if (scale != null) {
      all.put("scale", scale.toString());
    }
    return file == null ? Config.yaml("the degradation", all) : Config.yaml(file, all);
  }
}
