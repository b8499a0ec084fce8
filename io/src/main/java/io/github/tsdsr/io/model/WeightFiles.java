package io.github.tsdsr.io.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The weights of one component, from one file or from shards; mapped into memory until closed. */
public final class WeightFiles implements Weights, AutoCloseable {
  private static final String SUFFIX = ".safetensors";
  private static final long INDEX_LIMIT = 64 << 20;

  private final Path source;
  private final Map<String, SafetensorsFile> files = new HashMap<>();
  private final Map<String, String> fileOf = new HashMap<>();
  private final Set<String> names = new LinkedHashSet<>();

  private WeightFiles(Path source) {
    this.source = source;
  }

  /**
   * Opens a .safetensors file, or a folder that holds one or an index ({@code *.safetensors.index.json}) with its shards.
   *
   * @throws FormatException if there is no such file or one is not valid
   */
  public static WeightFiles open(Path source) throws IOException {
    WeightFiles weights = new WeightFiles(source);
    try {
      if (!Files.isDirectory(source)) {
        weights.add(source, source.getFileName().toString());
        return weights;
      }
      Optional<Path> index = first(source, SUFFIX + ".index.json");
      if (index.isPresent()) {
        weights.addShards(index.get());
      } else {
        Path only = first(source, SUFFIX)
            .orElseThrow(() -> new FormatException(source.toString(), "no file *" + SUFFIX + " in this folder"));
        weights.add(only, only.getFileName().toString());
      }
      return weights;
    } catch (IOException | RuntimeException e) {
      weights.close();
      throw e;
    }
  }

  private static Optional<Path> first(Path folder, String suffix) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(p -> p.getFileName().toString().endsWith(suffix)).sorted().findFirst();
    }
  }

  private void add(Path file, String key) throws IOException {
    SafetensorsFile opened = SafetensorsFile.open(file);
    files.put(key, opened);
    for (String name : opened.names()) {
      fileOf.putIfAbsent(name, key);
      names.add(name);
    }
  }

  private void addShards(Path index) throws IOException {
    String shown = index.toString();
    if (Files.size(index) > INDEX_LIMIT) {
      throw new FormatException(shown, "an index of " + Files.size(index) + " bytes, expected at most " + INDEX_LIMIT);
    }
    JsonNode map;
    try {
      map = new ObjectMapper().readTree(Files.readAllBytes(index)).path("weight_map");
    } catch (JsonProcessingException e) {
      throw new FormatException(shown, "the index is not valid JSON");
    }
    if (!map.isObject()) {
      throw new FormatException(shown, "the index has no object weight_map");
    }
    for (Map.Entry<String, JsonNode> e : map.properties()) {
      String shard = e.getValue().asText("");
      Path file = index.resolveSibling(shard).normalize();
      if (shard.isEmpty() || !file.getParent().equals(index.normalize().getParent())) {
        throw new FormatException(shown, "tensor " + e.getKey() + " is said to be in \"" + shard + "\", outside the folder");
      }
      if (!files.containsKey(shard)) {
        if (!Files.isRegularFile(file)) {
          throw new FormatException(shown, "the shard " + shard + " is not there");
        }
        files.put(shard, SafetensorsFile.open(file));
      }
      if (!files.get(shard).names().contains(e.getKey())) {
        throw new FormatException(shown, "tensor " + e.getKey() + " is not in " + shard);
      }
      fileOf.put(e.getKey(), shard);
      names.add(e.getKey());
    }
  }

  /** All tensors' names. */
  public Set<String> names() {
    return names;
  }

  @Override
  public Tensor get(String name, long... shape) {
    return Weights.checked(source.toString(), name, find(name), shape);
  }

  @Override
  public Optional<Tensor> find(String name) {
    return Optional.ofNullable(fileOf.get(name)).flatMap(f -> files.get(f).find(name));
  }

  @Override
  public void close() {
    files.values().forEach(SafetensorsFile::close);
  }
}
