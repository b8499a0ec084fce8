package io.github.tsdsr.golden;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** The golden data's JSON files as maps, lists, strings, numbers, booleans and null. */
public final class GoldenJson {
  private GoldenJson() {}

  /** The value of {@code golden/<path>}. */
  public static Object read(String path) {
    try {
      return new ObjectMapper().readValue(GoldenTensors.bytes(path), Object.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
}
