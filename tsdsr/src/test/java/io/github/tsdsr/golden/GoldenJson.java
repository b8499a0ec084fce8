package io.github.tsdsr.golden;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A reader for the golden data's JSON files: maps, lists, strings, doubles, booleans and null. */
public final class GoldenJson {
  private final String text;
  private int at;

  private GoldenJson(String text) {
    this.text = text;
  }

  /** The value of {@code golden/<path>}. */
  public static Object read(String path) {
    return parse(new String(GoldenTensors.bytes(path), StandardCharsets.UTF_8));
  }

  static Object parse(String text) {
    return new GoldenJson(text).value();
  }

  /** A value known to be an object. */
  @SuppressWarnings("unchecked")
  public static Map<String, Object> object(Object value) {
    return (Map<String, Object>) value;
  }

  /** A value known to be a list. */
  @SuppressWarnings("unchecked")
  public static List<Object> list(Object value) {
    return (List<Object>) value;
  }

  /** A value known to be a list of whole numbers. */
  public static int[] ints(Object value) {
    return list(value).stream().mapToInt(v -> ((Number) v).intValue()).toArray();
  }

  private Object value() {
    char c = next();
    return switch (c) {
      case '{' -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (char end = next(); end != '}'; end = next()) {
          if (end == '"') {
            String key = string();
            expect(':');
            map.put(key, value());
          }
        }
        yield map;
      }
      case '[' -> {
        List<Object> items = new ArrayList<>();
        for (char end = next(); end != ']'; end = next()) {
          if (end != ',') {
            at--;
            items.add(value());
          }
        }
        yield items;
      }
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private char next() {
    while (Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return text.charAt(at++);
  }

  private void expect(char c) {
    if (next() != c) {
      throw new IllegalStateException("expected " + c + " at " + at);
    }
  }

  private String string() {
    int end = text.indexOf('"', at);
    String out = text.substring(at, end);
    if (out.indexOf('\\') >= 0) {
      throw new IllegalStateException("escapes are not read: " + out);
    }
    at = end + 1;
    return out;
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, at - 1)) {
      throw new IllegalStateException("expected " + word + " at " + at);
    }
    at += word.length() - 1;
    return value;
  }

  private Double number() {
    int start = at - 1;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return Double.valueOf(text.substring(start, at));
  }
}
