package io.github.tsdsr.io.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tsdsr.io.file.AtomicFile;
import io.github.tsdsr.io.safetensors.SafetensorsWriter;
import io.github.tsdsr.io.safetensors.SafetensorsWriter.Spec;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Writes a component's weights under diffusers' names: one file {@code diffusion_pytorch_model.safetensors}, or numbered shards
 * with an index where one would be too large.
 */
public final class ShardWriter {
  private static final String NAME = "diffusion_pytorch_model";
  private static final Map<String, String> METADATA = Map.of("format", "pt");

  private ShardWriter() {}

  /**
   * Writes tensors that are made one by one, in the map's order.
   *
   * @param folder the component's, made if it is not there
   * @param shardBytes most bytes of tensors in a file; a tensor that is larger has a file of its own
   * @param make makes the tensor of a name in a scope that is closed when it has been written
   * @return the files of weights
   */
  public static List<Path> write(
      Path folder, Backend backend, Map<String, Spec> specs, long shardBytes, BiFunction<Scope, String, Tensor> make)
      throws IOException {
    Files.createDirectories(folder);
    List<Map<String, Spec>> shards = shards(specs, shardBytes);
    List<Path> files = new ArrayList<>();
    Map<String, String> fileOf = new LinkedHashMap<>();
    for (int i = 0; i < shards.size(); i++) {
      String name = NAME + (shards.size() == 1 ? "" : "-%05d-of-%05d".formatted(i + 1, shards.size())) + ".safetensors";
      shards.get(i).keySet().forEach(tensor -> fileOf.put(tensor, name));
      Path file = folder.resolve(name);
      SafetensorsWriter.write(file, backend, shards.get(i), METADATA, make);
      files.add(file);
    }
    // Last: an index without its shards would be refused, shards without their index are not taken for a whole.
    if (shards.size() > 1) {
      writeIndex(folder.resolve(NAME + ".safetensors.index.json"), fileOf, bytes(specs));
    }
    return files;
  }

  private static List<Map<String, Spec>> shards(Map<String, Spec> specs, long shardBytes) {
    List<Map<String, Spec>> shards = new ArrayList<>();
    Map<String, Spec> now = new LinkedHashMap<>();
    long bytes = 0;
    for (Map.Entry<String, Spec> e : specs.entrySet()) {
      long more = e.getValue().bytes();
      if (!now.isEmpty() && bytes + more > shardBytes) {
        shards.add(now);
        now = new LinkedHashMap<>();
        bytes = 0;
      }
      now.put(e.getKey(), e.getValue());
      bytes += more;
    }
    shards.add(now);
    return shards;
  }

  /** Bytes of all tensors together. */
  public static long bytes(Map<String, Spec> specs) {
    return specs.values().stream().mapToLong(Spec::bytes).reduce(0, Math::addExact);
  }

  private static void writeIndex(Path file, Map<String, String> fileOf, long bytes) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode root = mapper.createObjectNode();
    root.putObject("metadata").put("total_size", bytes);
    ObjectNode map = root.putObject("weight_map");
    fileOf.forEach(map::put);
    byte[] json = (mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n")
        .getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, json);
  }
}
