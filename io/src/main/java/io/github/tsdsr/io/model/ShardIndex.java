package io.github.tsdsr.io.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The index of weights in several files: {@code weight_map} tells the file of each tensor. Files lie beside the index.
 *
 * @param file the index
 * @param shards each tensor's file; it exists
 */
record ShardIndex(Path file, Map<String, Path> shards) {
  private static final long LIMIT = 64 << 20;

  /**
   * Reads an index.
   *
   * @throws FormatException if it is not valid, a file is not there or lies elsewhere
   */
  static ShardIndex read(Path file) throws IOException {
    ObjectNode root = JsonText.object(file, LIMIT);
    if (!(root.get("weight_map") instanceof ObjectNode map)) {
      throw new FormatException(file.toString(), "the index has no object weight_map");
    }
    Map<String, Path> seen = new HashMap<>();
    Map<String, Path> shards = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> e : map.properties()) {
      String name = e.getValue().asText("");
      if (!seen.containsKey(name)) {
        seen.put(name, beside(file, e.getKey(), name));
      }
      shards.put(e.getKey(), seen.get(name));
    }
    return new ShardIndex(file, shards);
  }

  private static Path beside(Path index, String tensor, String name) {
    Path folder = index.toAbsolutePath().normalize().getParent();
    Path shard;
    try {
      shard = folder.resolve(name).normalize();
    } catch (InvalidPathException e) {
      throw new FormatException(index.toString(),
          "tensor " + tensor + " is said to be in a file whose name no file can have");
    }
    if (name.isEmpty() || !folder.equals(shard.getParent())) {
      throw new FormatException(
          index.toString(), "tensor " + tensor + " is said to be in \"" + name + "\", which lies outside the folder");
    }
    if (!Files.isRegularFile(shard)) {
      throw new FormatException(index.toString(), "the shard " + name + " is not there");
    }
    return shard;
  }
}
