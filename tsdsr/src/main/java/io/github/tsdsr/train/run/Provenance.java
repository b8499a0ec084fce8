package io.github.tsdsr.train.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the numbers of a run depend on: the configuration without paths, threads and the frequency of writing, and
 * fingerprints of the files that it reads. A checkpoint carries it, and goes on only under the same.
 */
public final class Provenance {
  /** Keys that say where and how often, not what. */
  private static final Set<String> FREE =
      Set.of("photos", "pairs", "validation", "out", "loaders", "checkpoint_every", "keep", "validate_every",
          "validation_crops", "validation_lpips");
  /** Keys that hold paths, or lists of them: what lies there has its fingerprint, only whether they are given counts. */
  private static final List<List<String>> PATHS = List.of(
      List.of("teacher"), List.of("teacher_lora"), List.of("student"), List.of("model"), List.of("lpips"),
      List.of("student_lora", "from"), List.of("lora_model", "from"), List.of("lora", "from"));
  private static final String GIVEN = "given";
  private static final String CONFIGURATION = "configuration";
  private static final String INPUT = "input.";
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final ObjectNode configuration;
  private final Map<String, String> inputs;

  private Provenance(ObjectNode configuration, Map<String, String> inputs) {
    this.configuration = configuration;
    this.inputs = inputs;
  }

  /**
   * Of a run.
   *
   * @param configuration JSON
   * @param inputs a fingerprint for each of what is read, by a name for people
   */
  public static Provenance of(String configuration, Map<String, String> inputs) {
    return new Provenance(determining(configuration), new LinkedHashMap<>(inputs));
  }

  /** What a checkpoint says; empty if it says nothing. */
  private static Optional<Provenance> saved(Map<String, String> metadata) {
    String configuration = metadata.get(CONFIGURATION);
    if (configuration == null) {
      return Optional.empty();
    }
    Map<String, String> inputs = new LinkedHashMap<>();
    metadata.forEach((key, value) -> {
      if (key.startsWith(INPUT)) {
        inputs.put(key.substring(INPUT.length()), value);
      }
    });
    return Optional.of(of(configuration, inputs));
  }

  private static ObjectNode determining(String json) {
    try {
      if (MAPPER.readTree(json) instanceof ObjectNode object) {
        object.remove(FREE);
        if (object.path("vae").isTextual()) {
          // The path of a frozen autoencoder; its fingerprint stays.
          object.remove("vae");
        }
        PATHS.forEach(keys -> withoutPath(object, keys));
        return object;
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a configuration that is no JSON: " + e.getOriginalMessage(), e);
    }
    throw new IllegalArgumentException("a configuration that is no JSON object");
  }

  private static void withoutPath(ObjectNode root, List<String> keys) {
    JsonNode holder = root;
    for (String key : keys.subList(0, keys.size() - 1)) {
      holder = holder.path(key);
    }
    if (holder instanceof ObjectNode object && object.path(keys.getLast()).isValueNode()
        && !object.path(keys.getLast()).isNull()) {
      object.put(keys.getLast(), GIVEN);
    } else if (holder.path(keys.getLast()) instanceof ArrayNode several) {
      for (int i = 0; i < several.size(); i++) {
        several.set(i, GIVEN);
      }
    }
  }

  /** The metadata of a checkpoint. */
  Map<String, String> metadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(CONFIGURATION, configuration.toString());
    inputs.forEach((name, value) -> metadata.put(INPUT + name, value));
    return metadata;
  }

  /**
   * The first thing in which a checkpoint differs from this run, in words; empty if nothing does. A fingerprint that the
   * checkpoint lacks is not compared.
   */
  Optional<String> difference(Map<String, String> metadata) {
    Optional<Provenance> saved = saved(metadata);
    if (saved.isEmpty()) {
      return Optional.of("it names no configuration");
    }
    Map<String, JsonNode> then = flat(saved.get().configuration);
    Map<String, JsonNode> now = flat(configuration);
    Set<String> keys = new TreeSet<>(then.keySet());
    keys.addAll(now.keySet());
    for (String key : keys) {
      if (!same(then.get(key), now.get(key))) {
        return Optional.of("key " + key + " was " + shown(then.get(key)) + " then, is " + shown(now.get(key)) + " now");
      }
    }
    for (Map.Entry<String, String> e : saved.get().inputs.entrySet()) {
      String current = inputs.get(e.getKey());
      if (!e.getValue().equals(current)) {
        return Optional.of("the " + e.getKey() + " differ: " + e.getValue() + " then, "
            + (current == null ? "none" : current) + " now");
      }
    }
    return Optional.empty();
  }

  private static Map<String, JsonNode> flat(ObjectNode object) {
    Map<String, JsonNode> values = new LinkedHashMap<>();
    collect("", object, values);
    return values;
  }

  private static void collect(String at, ObjectNode object, Map<String, JsonNode> values) {
    for (Map.Entry<String, JsonNode> e : object.properties()) {
      if (e.getValue() instanceof ObjectNode inner) {
        collect(at + e.getKey() + ".", inner, values);
      } else {
        values.put(at + e.getKey(), e.getValue());
      }
    }
  }

  private static boolean same(JsonNode a, JsonNode b) {
    if (a == null || b == null) {
      return a == b;
    }
    return a.isNumber() && b.isNumber() ? a.doubleValue() == b.doubleValue() : a.equals(b);
  }

  private static String shown(JsonNode value) {
    return value == null ? "not given" : value.toString();
  }

  /** The configuration's lines for a reader, {@code key: value}. */
  static List<String> lines(String json) {
    List<String> lines = new ArrayList<>();
    try {
      if (MAPPER.readTree(json) instanceof ObjectNode object) {
        flat(object).forEach((key, value) -> lines.add(key + ": " + (value.isTextual() ? value.asText() : value)));
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a configuration that is no JSON: " + e.getOriginalMessage(), e);
    }
    return lines;
  }
}
