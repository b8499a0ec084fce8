package io.github.tsdsr.io.model;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.NamedWeights;
import io.github.tsdsr.io.pt.PtFile;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The weights of one component, from one file or from shards; mapped into memory until closed. */
public final class WeightFiles implements NamedWeights {
  private static final String INDEX = ".safetensors.index.json";
  private static final String SAFETENSORS = ".safetensors";
  /** What PyTorch itself saves; .bin is what diffusers called it. */
  private static final List<String> PICKLED = List.of(".pt", ".pth", ".bin");
  /** The name that diffusers gives a component's weights, before any variant. */
  private static final String USUAL = "diffusion_pytorch_model";
  private static final Pattern SHARD = Pattern.compile("-[0-9]{5}-of-[0-9]{5}\\.");

  private final Path source;
  private final Map<Path, NamedWeights> files = new LinkedHashMap<>();
  private final Map<String, NamedWeights> fileOf = new LinkedHashMap<>();

  private WeightFiles(Path source) {
    this.source = source;
  }

  /**
   * Opens a file of weights (.safetensors, .pt, .pth, .bin), an index of shards ({@code *.safetensors.index.json}), or a
   * folder that holds one: an index goes before a single file, safetensors before what PyTorch saves, {@code
   * diffusion_pytorch_model} goes before its variants and those before other names, of which the first is taken.
   *
   * @throws FormatException if there is no such file or one is not valid
   * @throws IOException if one cannot be read
   */
  public static WeightFiles open(Path source) throws IOException {
    WeightFiles weights = new WeightFiles(source);
    try {
      Path file = Files.isDirectory(source) ? choose(source) : source;
      if (name(file).endsWith(INDEX)) {
        weights.addShards(ShardIndex.read(file));
      } else {
        NamedWeights opened = weights.opened(file);
        opened.names().forEach(name -> weights.fileOf.put(name, opened));
      }
      return weights;
    } catch (IOException | RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  private static Path choose(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> listed = Files.list(folder)) {
      all = listed.sorted().toList();
    }
    return first(all, List.of(INDEX, SAFETENSORS)).or(() -> first(all, PICKLED)).orElseThrow(() -> new FormatException(
        folder.toString(),
        "no weights in this folder: expected " + USUAL + SAFETENSORS + ", an index of shards, or a file *"
            + String.join(", *", PICKLED)));
  }

  private static Optional<Path> first(List<Path> files, List<String> suffixes) {
    for (String suffix : suffixes) {
      // A shard without its index is a part that would be taken for the whole.
      List<Path> fit = files.stream().filter(p -> name(p).endsWith(suffix) && !SHARD.matcher(name(p)).find()).toList();
      Optional<Path> best = fit.stream().filter(p -> name(p).equals(USUAL + suffix)).findFirst()
          .or(() -> fit.stream().filter(p -> name(p).startsWith(USUAL)).findFirst())
          .or(() -> fit.stream().findFirst());
      if (best.isPresent()) {
        return best;
      }
    }
    return Optional.empty();
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private NamedWeights opened(Path file) throws IOException {
    String name = name(file);
    NamedWeights opened;
    if (PICKLED.stream().anyMatch(name::endsWith)) {
      opened = PtFile.open(file);
    } else if (name.endsWith(SAFETENSORS)) {
      opened = SafetensorsFile.open(file);
    } else {
      throw new FormatException(
          file.toString(),
          "not a file of weights by its name: expected *" + SAFETENSORS + ", *" + String.join(", *", PICKLED));
    }
    files.put(file, opened);
    return opened;
  }

  private void addShards(ShardIndex index) throws IOException {
    for (Map.Entry<String, Path> e : index.shards().entrySet()) {
      Path shard = e.getValue();
      NamedWeights file = files.containsKey(shard) ? files.get(shard) : opened(shard);
      if (!file.names().contains(e.getKey())) {
        throw new FormatException(
            index.file().toString(),
            "tensor " + e.getKey() + " is said to be in " + shard.getFileName() + ", it is not");
      }
      fileOf.put(e.getKey(), file);
    }
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(fileOf.keySet());
  }

  @Override
  public Tensor get(String name, long... shape) {
    return Weights.checked(source.toString(), name, find(name), shape);
  }

  @Override
  public Optional<Tensor> find(String name) {
    return Optional.ofNullable(fileOf.get(name)).flatMap(f -> f.find(name));
  }

  @Override
  public void close() {
    files.values().forEach(NamedWeights::close);
  }
}
