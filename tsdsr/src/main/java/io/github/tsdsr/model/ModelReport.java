package io.github.tsdsr.model;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.NamedWeights;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.io.model.EmbeddingFiles;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.VaeConfig;
import io.github.tsdsr.sd3.WeightPlan;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Layout;
import io.github.tsdsr.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a model's folder holds and what it lacks.
 *
 * @param parts what is there, by what it is
 * @param missing what is not: the model cannot be used without it
 * @param absent what a user must bring: without it an option names another
 */
public record ModelReport(Map<String, String> parts, List<String> missing, List<String> absent) {
  private static final String PROMPT = "embeddings/default";
  private static final String LORA = "lora";

  /**
   * Looks at a folder; weights are mapped, not read.
   *
   * @throws FormatException if it is no model or a part of it is not valid
   */
  public static ModelReport of(Path folder) throws IOException {
    ModelReport report = new ModelReport(new LinkedHashMap<>(), new ArrayList<>(), new ArrayList<>());
    try (ModelFolder model = ModelFolder.open(folder)) {
      MmDitConfig t = model.transformerConfig();
      VaeConfig v = model.vaeConfig();
      report.network("transformer", describe(t), WeightPlan.of(t), model.transformer());
      report.network("autoencoder", describe(v), WeightPlan.of(v), model.vae());
      if (t.inChannels() != v.latentChannels()) {
        report.missing.add("networks that fit each other: the transformer takes " + t.inChannels()
            + " channels, the autoencoder gives " + v.latentChannels());
      }
      report.prompt(folder.resolve(PROMPT), t);
      Optional<Config> defaults = model.defaults();
      report.adapters(folder, defaults.flatMap(c -> c.optionalText(LORA)));
      report.parts.put("defaults", defaults.map(Config::toJson).orElse("those of SD3"));
    }
    return report;
  }

  private static String describe(MmDitConfig c) {
    return "%s: %d blocks%s, %d heads of %d%s, width %d, prompt tokens of %d, patches of %d, %d channels".formatted(
        c.qkRmsNorm() || !c.dualAttentionLayers().isEmpty() ? "SD3.5" : "SD3",
        c.layers(),
        c.dualAttentionLayers().isEmpty() ? "" : " (" + c.dualAttentionLayers().size() + " with a second attention)",
        c.heads(), c.headDim(), c.qkRmsNorm() ? " normalised" : "", c.width(), c.jointAttentionDim(), c.patchSize(),
        c.inChannels());
  }

  private static String describe(VaeConfig c) {
    String levels = c.blockOutChannels().stream().map(String::valueOf).collect(Collectors.joining("-"));
    return "levels of %s channels, latents of %d at 1/%d".formatted(levels, c.latentChannels(), c.factor());
  }

  private void network(String name, String shape, WeightPlan plan, NamedWeights weights) {
    List<String> lacking = new ArrayList<>();
    for (Map.Entry<String, Layout> e : plan.shapes().entrySet()) {
      Optional<Tensor> found = weights.find(e.getKey());
      if (found.isEmpty()) {
        lacking.add(e.getKey());
      } else if (!found.get().hasShape(e.getValue().shape())) {
        lacking.add(e.getKey() + " as " + e.getValue() + " (it is " + found.get().layout() + ")");
      }
    }
    if (!lacking.isEmpty()) {
      missing.add(
          name + ": " + lacking.size() + " of " + plan.shapes().size() + " tensors, such as " + lacking.getFirst());
    }
    TreeSet<String> others = new TreeSet<>(weights.names());
    others.removeAll(plan.shapes().keySet());
    String unused = others.isEmpty() ? ""
        : "; not used: %d tensors, such as %s".formatted(others.size(),
            others.first());
    parts.put(name, shape + "; " + contents(weights) + unused);
  }

  /** Numbers, types and bytes of all tensors. */
  public static String contents(NamedWeights weights) {
    long count = 0;
    long bytes = 0;
    Map<DType, Long> types = new TreeMap<>();
    for (String name : weights.names()) {
      Tensor t = weights.find(name).orElseThrow();
      count += t.count();
      bytes += t.bytes();
      types.merge(t.dtype(), 1L, Long::sum);
    }
    String names = types.keySet().stream().map(DType::name).collect(Collectors.joining(" and "));
    return String.format(Locale.ROOT, "%,d parameters in %s, %s", count, names.isEmpty() ? "no tensor" : names,
        size(bytes));
  }

  private static String size(long bytes) {
    return bytes >= 1e9 ? String.format(Locale.ROOT, "%.2f GB", bytes / 1e9)
        : String.format(Locale.ROOT, "%.2f MB", bytes / 1e6);
  }

  private void prompt(Path folder, MmDitConfig c) throws IOException {
    if (!Files.isDirectory(folder)) {
      absent.add(PROMPT + " (give --embeddings)");
      return;
    }
    try (EmbeddingFiles files = EmbeddingFiles.open(folder)) {
      Tensor prompt = files.prompt(c.jointAttentionDim());
      Tensor pooled = files.pooled(c.pooledProjectionDim());
      parts.put("prompt", "default: " + prompt.size(0) + " tokens of " + prompt.size(1) + " and " + pooled.size(0)
          + " pooled, " + prompt.dtype());
    }
  }

  /**
   * @param own the folder of those that belong to the model, if its defaults name one
   */
  private void adapters(Path folder, Optional<String> own) throws IOException {
    Path lora = folder.resolve(own.orElse(LORA));
    if (!Files.isDirectory(lora)) {
      own.ifPresent(name -> missing.add("the adapters in " + name + ", which its defaults name"));
      return;
    }
    List<String> found = new ArrayList<>();
    for (String network : List.of("transformer", "vae")) {
      Path file = lora.resolve(network + ".safetensors");
      if (Files.isRegularFile(file)) {
        found.add(network + " " + adapters(file));
      }
    }
    parts.put("adapters", folder.relativize(lora) + (own.isPresent() ? ", in use: " : ", with --lora: ")
        + (found.isEmpty() ? "none" : String.join("; ", found)));
  }

  private static String adapters(Path file) throws IOException {
    try (AdapterFile adapters = AdapterFile.open(file)) {
      String ranks = adapters.ranks().stream().map(String::valueOf).collect(Collectors.joining(", "));
      return adapters.set().byModule().size() + " modules of rank " + ranks + ", " + contents(adapters.tensors());
    }
  }
}
