package io.github.tsdsr.io.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tsdsr.io.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * An object of a configuration file. Every getter checks the type and names file and key where it does not fit; keys that
 * nobody asked for can be reported at the end.
 */
public final class Config {
  private static final long LIMIT = 1 << 20;
  private static final StreamReadConstraints CONSTRAINTS =
      StreamReadConstraints.builder().maxNestingDepth(20).maxStringLength((int) LIMIT).build();

  private final String file;
  private final String path;
  private final ObjectNode node;
  private final Set<String> read;

  private Config(String file, String path, ObjectNode node, Set<String> read) {
    this.file = file;
    this.path = path;
    this.node = node;
    this.read = read;
  }

  /**
   * Reads a JSON file.
   *
   * @throws FormatException if it is no JSON object or larger than a megabyte
   */
  public static Config json(Path file) throws IOException {
    return parse(file, new ObjectMapper(JsonFactory.builder().streamReadConstraints(CONSTRAINTS).build()));
  }

  /**
   * Reads a YAML file, with values replaced.
   *
   * @param overrides {@code a.b.c -> value}, values as in YAML
   * @throws FormatException if it is no YAML object or larger than a megabyte
   */
  public static Config yaml(Path file, Map<String, String> overrides) throws IOException {
    ObjectMapper mapper = YamlMapper.create(CONSTRAINTS);
    Config config = parse(file, mapper);
    for (Map.Entry<String, String> e : overrides.entrySet()) {
      ObjectNode at = config.node;
      String[] keys = e.getKey().split("\\.");
      for (int i = 0; i < keys.length - 1; i++) {
        at = at.get(keys[i]) instanceof ObjectNode inner ? inner : at.putObject(keys[i]);
      }
      at.set(keys[keys.length - 1], mapper.readTree(e.getValue()));
    }
    return config;
  }

  private static Config parse(Path file, ObjectMapper mapper) throws IOException {
    if (Files.size(file) > LIMIT) {
      throw new FormatException(file.toString(),
          "a configuration of " + Files.size(file) + " bytes, expected at most " + LIMIT);
    }
    try {
      if (mapper.readTree(Files.readAllBytes(file)) instanceof ObjectNode object) {
        return new Config(file.toString(), "", object, new TreeSet<>());
      }
      throw new FormatException(file.toString(), "expected an object of keys and values");
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      throw new FormatException(
          file + (line > 0 ? ", line " + line : ""),
          e.getOriginalMessage().lines().findFirst().orElse("cannot be parsed"));
    }
  }

  private String name(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private Optional<JsonNode> find(String key) {
    read.add(name(key));
    JsonNode value = node.get(key);
    return value == null || value.isNull() ? Optional.empty() : Optional.of(value);
  }

  private FormatException wrong(String key, String expected, JsonNode got) {
    String shown = got.toString();
    return new FormatException(
        file, "key " + name(key) + ": expected " + expected + ", got "
            + (shown.length() > 60 ? shown.substring(0, 60) + "..." : shown));
  }

  private FormatException missing(String key) {
    return new FormatException(file, "key " + name(key) + " is missing");
  }

  /** Whether the key is there and not null. */
  public boolean has(String key) {
    return find(key).isPresent();
  }

  public int integer(String key) {
    return optionalInteger(key).orElseThrow(() -> missing(key));
  }

  public int integer(String key, int absent) {
    return optionalInteger(key).orElse(absent);
  }

  private Optional<Integer> optionalInteger(String key) {
    return find(key).map(v -> {
      if (!v.canConvertToInt() || !v.isIntegralNumber()) {
        throw wrong(key, "an integer", v);
      }
      return v.intValue();
    });
  }

  public double number(String key) {
    return optionalNumber(key).orElseThrow(() -> missing(key));
  }

  public double number(String key, double absent) {
    return optionalNumber(key).orElse(absent);
  }

  private Optional<Double> optionalNumber(String key) {
    return find(key).map(v -> {
      if (v.isNumber()) {
        return v.doubleValue();
      }
      try {
        // YAML 1.1 takes 1e-4 for a string.
        return Double.valueOf(v.isTextual() ? v.textValue() : "no number");
      } catch (NumberFormatException e) {
        throw wrong(key, "a number", v);
      }
    });
  }

  public String text(String key) {
    return optionalText(key).orElseThrow(() -> missing(key));
  }

  public String text(String key, String absent) {
    return optionalText(key).orElse(absent);
  }

  /** A string, if it is there. */
  public Optional<String> optionalText(String key) {
    return find(key).map(v -> {
      if (!v.isTextual()) {
        throw wrong(key, "a text", v);
      }
      return v.textValue();
    });
  }

  public boolean flag(String key, boolean absent) {
    return find(key).map(v -> {
      if (!v.isBoolean()) {
        throw wrong(key, "true or false", v);
      }
      return v.booleanValue();
    }).orElse(absent);
  }

  /** A list of integers; empty if the key is absent. */
  public List<Integer> integers(String key) {
    return find(key).map(v -> {
      List<Integer> list = new ArrayList<>();
      if (!v.isArray()) {
        throw wrong(key, "a list of integers", v);
      }
      for (JsonNode e : v) {
        if (!e.isIntegralNumber() || !e.canConvertToInt()) {
          throw wrong(key, "a list of integers", v);
        }
        list.add(e.intValue());
      }
      return list;
    }).orElse(List.of());
  }

  /** Two numbers, low and high, or one for both. */
  public double[] range(String key, double low, double high) {
    return find(key).map(v -> {
      if (v.isNumber()) {
        return new double[] {v.doubleValue(), v.doubleValue()};
      }
      if (!v.isArray() || v.size() != 2 || !v.get(0).isNumber() || !v.get(1).isNumber()) {
        throw wrong(key, "a number or a list of two", v);
      }
      return new double[] {v.get(0).doubleValue(), v.get(1).doubleValue()};
    }).orElse(new double[] {low, high});
  }

  /** An object below this one; one without keys if it is absent. */
  public Config section(String key) {
    JsonNode v = find(key).orElse(new ObjectMapper().createObjectNode());
    if (v instanceof ObjectNode object) {
      return new Config(file, name(key), object, read);
    }
    throw wrong(key, "keys and values", v);
  }

  /** Where this was read from. */
  public String file() {
    return file;
  }

  /**
   * Refuses keys that nobody has read, most likely misspelt.
   *
   * @throws FormatException naming the first
   */
  public void refuseUnread() {
    List<String> unread = new ArrayList<>();
    collect(node, path, unread);
    if (!unread.isEmpty()) {
      throw new FormatException(file, "key " + unread.getFirst() + " is not known");
    }
  }

  private void collect(ObjectNode object, String at, List<String> unread) {
    for (Map.Entry<String, JsonNode> e : object.properties()) {
      String name = at.isEmpty() ? e.getKey() : at + "." + e.getKey();
      if (!read.contains(name)) {
        unread.add(name);
      } else if (e.getValue() instanceof ObjectNode inner) {
        collect(inner, name, unread);
      }
    }
  }

  /** The whole as one line of JSON, for logs and hashes. */
  public String toJson() {
    return node.toString();
  }
}
