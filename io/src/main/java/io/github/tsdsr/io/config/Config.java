package io.github.tsdsr.io.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.JsonText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * An object of a configuration file. Every getter checks the type and names file and key where it does not fit; keys that
 * nobody asked for can be reported at the end. All getters throw {@link FormatException} where a value has another type, and
 * those without a default where it is not there.
 */
public final class Config {
  private static final long LIMIT = 1 << 20;

  private final String file;
  private final String path;
  private final ObjectNode node;
  private final Set<String> read;
  // Where the file or the command line gives a key, for messages.
  private final Map<String, String> origins;

  private Config(String file, String path, ObjectNode node, Set<String> read, Map<String, String> origins) {
    this.file = file;
    this.path = path;
    this.node = node;
    this.read = read;
    this.origins = origins;
  }

  /**
   * Reads a JSON file.
   *
   * @throws FormatException if it is no JSON object or larger than a megabyte
   */
  public static Config json(Path file) throws IOException {
    return new Config(file.toString(), "", JsonText.object(file, LIMIT), new TreeSet<>(), Map.of());
  }

  /**
   * Reads JSON that is in memory already, such as a resource.
   *
   * @param name what messages call it
   * @throws FormatException if it is no JSON object
   */
  public static Config json(byte[] bytes, String name) throws IOException {
    return new Config(name, "", JsonText.object(bytes, name), new TreeSet<>(), Map.of());
  }

  /**
   * Reads a YAML file, with values replaced. Messages about a key tell its line.
   *
   * @param overrides {@code a.b.c -> value}, values as in YAML; keys that are not there are added
   * @throws FormatException if it is no YAML object or larger than a megabyte, or an override cannot be made
   */
  public static Config yaml(Path file, Map<String, String> overrides) throws IOException {
    long size = Files.size(file);
    if (size > LIMIT) {
      throw new FormatException(file.toString(), size + " bytes, expected at most " + LIMIT);
    }
    String text = utf8(file);
    YamlText.Parsed parsed = parsed(file.toString(), text);
    if (!(parsed.value() instanceof ObjectNode root)) {
      throw new FormatException(file.toString(), "expected keys and values");
    }
    Map<String, String> origins = new HashMap<>();
    parsed.lines().forEach((key, line) -> origins.put(key, "line " + line));
    return overridden(file.toString(), root, overrides, origins);
  }

  /**
   * A configuration of nothing but values that replace others.
   *
   * @param name what messages call it
   * @throws FormatException if an override cannot be made
   */
  public static Config yaml(String name, Map<String, String> overrides) {
    return overridden(name, JsonNodeFactory.instance.objectNode(), overrides, new HashMap<>());
  }

  /**
   * A whole file with further values replaced; nobody has read a key of it yet.
   *
   * @throws FormatException if an override cannot be made
   */
  public Config with(Map<String, String> overrides) {
    if (!path.isEmpty()) {
      throw new IllegalStateException("a part of a file: " + path);
    }
    return overridden(file, node.deepCopy(), overrides, new HashMap<>(origins));
  }

  private static Config overridden(
      String file, ObjectNode root, Map<String, String> overrides, Map<String, String> origins) {
    overrides.forEach((key, value) -> override(root, key, value, origins));
    return new Config(file, "", root, new TreeSet<>(), origins);
  }

  private static YamlText.Parsed parsed(String file, String text) {
    try {
      return YamlText.parse(file, text);
    } catch (NoClassDefFoundError e) {
      throw new IllegalStateException(file + ": YAML can be read only with org.yaml:snakeyaml on the class path", e);
    }
  }

  private static String utf8(Path file) throws IOException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(file))).toString();
    } catch (CharacterCodingException e) {
      throw new FormatException(file.toString(), "not UTF-8");
    }
  }

  private static void override(ObjectNode root, String path, String value, Map<String, String> origins) {
    String option = "--set " + path;
    String[] keys = path.split("\\.", -1);
    ObjectNode at = root;
    for (int i = 0; i < keys.length - 1; i++) {
      JsonNode below = at.get(keys[i]);
      if (below == null || below.isNull()) {
        at = at.putObject(keys[i]);
      } else if (below instanceof ObjectNode object) {
        at = object;
      } else {
        throw new FormatException(option, "key " + keys[i] + " holds a value, expected keys below it");
      }
    }
    at.set(keys[keys.length - 1], parsed(option, value).value());
    origins.put(path, "--set");
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
        place(name(key)), "key " + name(key) + ": expected " + expected + ", got "
            + (shown.length() > 60 ? shown.substring(0, 60) + "..." : shown));
  }

  /**
   * What to throw for a value of the right type that makes no sense.
   *
   * @param key a key that is there, or whose default does not fit
   * @param expected what would
   */
  public FormatException refused(String key, String expected) {
    return wrong(key, expected, find(key).orElse(JsonNodeFactory.instance.nullNode()));
  }

  private String place(String name) {
    return origins.containsKey(name) ? file + ", " + origins.get(name) : file;
  }

  private FormatException missing(String key) {
    return new FormatException(path.isEmpty() ? file : place(path), "key " + name(key) + " is missing");
  }

  /** Whether the key is there and not null. */
  public boolean has(String key) {
    return find(key).isPresent();
  }

  /** An integer that must be there. */
  public int integer(String key) {
    return optionalInteger(key).orElseThrow(() -> missing(key));
  }

  /** An integer, or {@code absent} if the key is not there or null. */
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

  /** A number that must be there. */
  public double number(String key) {
    return optionalNumber(key).orElseThrow(() -> missing(key));
  }

  /** A number, or {@code absent} if the key is not there or null. */
  public double number(String key, double absent) {
    return optionalNumber(key).orElse(absent);
  }

  private Optional<Double> optionalNumber(String key) {
    return find(key).map(v -> {
      if (!v.isNumber()) {
        throw wrong(key, "a number", v);
      }
      return v.doubleValue();
    });
  }

  /** A string that must be there. */
  public String text(String key) {
    return optionalText(key).orElseThrow(() -> missing(key));
  }

  /** A string, or {@code absent} if the key is not there or null. */
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

  /** A truth value, or {@code absent} if the key is not there or null. */
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
    return list(
        key, List.of(), "a list of integers", e -> e.isIntegralNumber() && e.canConvertToInt(), JsonNode::intValue);
  }

  /** A list of numbers, or {@code absent} if the key is not there or null. */
  public List<Double> numbers(String key, List<Double> absent) {
    return list(key, absent, "a list of numbers", JsonNode::isNumber, JsonNode::doubleValue);
  }

  /** A list of texts, or {@code absent} if the key is not there or null. */
  public List<String> texts(String key, List<String> absent) {
    return list(key, absent, "a list of texts", JsonNode::isTextual, JsonNode::textValue);
  }

  private <T> List<T> list(
      String key, List<T> absent, String expected, Predicate<JsonNode> fits, Function<JsonNode, T> value) {
    return find(key).map(v -> {
      if (!(v instanceof ArrayNode array) || !array.valueStream().allMatch(fits)) {
        throw wrong(key, expected, v);
      }
      return array.valueStream().map(value).toList();
    }).orElse(absent);
  }

  /** A list of numbers; empty if the key is absent. */
  public List<Double> numbers(String key) {
    return numbers(key, List.of());
  }

  /** A list of strings, or one; empty if the key is absent. */
  public List<String> texts(String key) {
    return find(key).filter(JsonNode::isTextual).map(v -> List.of(v.textValue()))
        .orElseGet(
            () -> list(key, List.of(), "a text or a list of texts", JsonNode::isTextual, JsonNode::textValue));
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
    JsonNode v = find(key).orElse(JsonNodeFactory.instance.objectNode());
    if (v instanceof ObjectNode object) {
      return new Config(file, name(key), object, read, origins);
    }
    throw wrong(key, "keys and values", v);
  }

  /** The keys of this object, in the file's order. */
  public List<String> keys() {
    return node.properties().stream().map(Map.Entry::getKey).toList();
  }

  /**
   * An object of values that are to replace those of another file, as {@link #yaml} takes them: {@code a.b.c -> value}; empty
   * if it is absent.
   */
  public Map<String, String> overrides(String key) {
    Config section = section(key);
    Map<String, String> values = new LinkedHashMap<>();
    for (String name : section.keys()) {
      if (section.find(name).orElse(null) instanceof ObjectNode) {
        section.overrides(name).forEach((below, value) -> values.put(name + "." + below, value));
      } else {
        // JSON is YAML.
        values.put(name, section.node.get(name).toString());
      }
    }
    return values;
  }

  /** Where this was read from. */
  public String file() {
    return file;
  }

  /** The keys that nobody has read yet, most likely misspelt; of a section that nobody has opened, its own key. */
  public List<String> unused() {
    List<String> unread = new ArrayList<>();
    collect(node, path, unread);
    return unread;
  }

  /**
   * Refuses keys that nobody has read.
   *
   * @throws FormatException naming the first
   */
  public void refuseUnread() {
    List<String> unread = unused();
    if (!unread.isEmpty()) {
      throw new FormatException(place(unread.getFirst()), "key " + unread.getFirst() + " is not known");
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
