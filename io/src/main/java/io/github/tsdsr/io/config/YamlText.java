package io.github.tsdsr.io.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.tsdsr.io.FormatException;
import java.io.StringReader;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * YAML as a tree of plain values with the line of each key. Words mean what they mean in JSON and YAML 1.2: 1e-4 is a
 * number, "no" a text. No object is made from a tag. Bounded in depth and size, aliases expanded included.
 *
 * <p>Apart from {@link Config}, so that the YAML library is loaded only where YAML is read: it is an optional dependency.
 */
final class YamlText {
  private static final int MAX_ALIASES = 10;
  private static final int MAX_DEPTH = 20;
  private static final int MAX_NODES = 100_000;
  private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]{1,40}");
  private static final Pattern NUMBER = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
  private static final Set<Tag> PLAIN_TAGS =
      Set.of(Tag.STR, Tag.INT, Tag.FLOAT, Tag.BOOL, Tag.NULL, Tag.TIMESTAMP, Tag.SEQ, Tag.MAP);
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final String file;
  private final Map<String, Integer> lines = new HashMap<>();
  private int count;

  private YamlText(String file) {
    this.file = file;
  }

  /**
   * @param lines each key's line, by its path, from 1
   */
  record Parsed(JsonNode value, Map<String, Integer> lines) {}

  /**
   * Parses one document.
   *
   * @param file what messages call it
   * @throws FormatException if it is not valid YAML or too large
   */
  static Parsed parse(String file, String text) {
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(MAX_ALIASES);
    options.setNestingDepthLimit(MAX_DEPTH);
    YamlText parser = new YamlText(file);
    try {
      Node root = new Yaml(options).compose(new StringReader(text));
      JsonNode value = root == null ? NODES.nullNode() : parser.convert(root, "", 0);
      return new Parsed(value, parser.lines);
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark();
      throw new FormatException(
          mark == null ? file : file + ", line " + (mark.getLine() + 1),
          "not valid YAML: " + firstLine(e.getProblem()));
    } catch (YAMLException e) {
      throw new FormatException(file, "not valid YAML: " + firstLine(e.getMessage()));
    }
  }

  private static String firstLine(String message) {
    return message == null ? "it cannot be parsed" : message.lines().findFirst().orElse("it cannot be parsed");
  }

  private FormatException wrong(Node node, String problem) {
    return new FormatException(file + ", line " + (node.getStartMark().getLine() + 1), problem);
  }

  private JsonNode convert(Node node, String path, int depth) {
    if (++count > MAX_NODES || depth > MAX_DEPTH) {
      throw wrong(node, "more than " + MAX_NODES + " values, or nested deeper than " + MAX_DEPTH);
    }
    if (!PLAIN_TAGS.contains(node.getTag())) {
      throw wrong(node, "the tag " + node.getTag() + " is not supported");
    }
    return switch (node) {
      case ScalarNode s -> scalar(s);
      case SequenceNode s -> {
        ArrayNode array = NODES.arrayNode();
        for (Node item : s.getValue()) {
          array.add(convert(item, path + "[" + array.size() + "]", depth + 1));
        }
        yield array;
      }
      case MappingNode m -> object(m, path, depth);
      default -> throw wrong(node, "expected a value");
    };
  }

  private ObjectNode object(MappingNode mapping, String path, int depth) {
    ObjectNode object = NODES.objectNode();
    for (NodeTuple pair : mapping.getValue()) {
      if (!(pair.getKeyNode() instanceof ScalarNode key) || key.getTag().equals(Tag.MERGE)) {
        throw wrong(pair.getKeyNode(), "expected a plain word as a key");
      }
      String name = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
      if (object.has(key.getValue())) {
        throw wrong(key, "key " + name + " is there twice");
      }
      lines.put(name, key.getStartMark().getLine() + 1);
      object.set(key.getValue(), convert(pair.getValueNode(), name, depth + 1));
    }
    return object;
  }

  private static JsonNode scalar(ScalarNode node) {
    String text = node.getValue();
    if (node.getScalarStyle() != ScalarStyle.PLAIN) {
      return NODES.textNode(text);
    }
    if (INTEGER.matcher(text).matches()) {
      BigInteger value = new BigInteger(text);
      if (value.bitLength() < Integer.SIZE) {
        return NODES.numberNode(value.intValue());
      }
      return value.bitLength() < Long.SIZE ? NODES.numberNode(value.longValue()) : NODES.numberNode(value);
    }
    if (NUMBER.matcher(text).matches()) {
      return NODES.numberNode(Double.parseDouble(text));
    }
    return switch (text) {
      case "", "~", "null", "Null", "NULL" -> NODES.nullNode();
      case "true", "True", "TRUE" -> NODES.booleanNode(true);
      case "false", "False", "FALSE" -> NODES.booleanNode(false);
      default -> NODES.textNode(text);
    };
  }
}
