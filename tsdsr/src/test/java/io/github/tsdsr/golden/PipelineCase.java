package io.github.tsdsr.golden;

import io.github.tsdsr.io.GoldenFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A case of the golden pipeline data: a picture, how it is upscaled, and what comes out. */
public record PipelineCase(
    String name, String input, String output, boolean lora, List<String> args, String intermediates) {
  private static final String FOLDER = "pipeline/";
  private static final String LORA = "models/tiny/lora";

  /** All of them. */
  public static Stream<PipelineCase> all() {
    return GoldenJson.list(GoldenJson.read(FOLDER + "cases.json")).stream().map(GoldenJson::object).map(c -> {
      if (!"models/tiny".equals(c.get("model")) || c.get("lora") != null && !LORA.equals(c.get("lora"))) {
        throw new IllegalStateException("an unknown model in " + c);
      }
      return new PipelineCase(
          (String) c.get("name"), FOLDER + c.get("input"), FOLDER + c.get("output"), c.get("lora") != null,
          GoldenJson.list(c.get("args")).stream().map(String.class::cast).toList(), FOLDER + c.get("intermediates"));
    });
  }

  /** The command line's arguments, less input and output. */
  public List<String> arguments() {
    List<String> all = new ArrayList<>(args);
    all.addAll(List.of("--model", model().toString()));
    if (lora) {
      all.addAll(List.of("--lora", model().resolve("lora").toString()));
    }
    return all;
  }

  /** The value of an option. */
  public String option(String option) {
    return args.get(args.indexOf(option) + 1);
  }

  /** The small model. */
  public static Path model() {
    return GoldenFiles.path("models/tiny");
  }

  @Override
  public String toString() {
    return name;
  }
}
