package io.github.tsdsr.io.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The header of a safetensors file, checked: every tensor's bytes fit its type and shape, and all of them together tile
 * the data without hole or overlap.
 *
 * @param entries by name, in the header's order
 * @param metadata the strings under {@code __metadata__}
 */
record SafetensorsHeader(Map<String, Entry> entries, Map<String, String> metadata) {
  /** The longest header that is read. */
  static final long LIMIT = 100_000_000;

  private static final int MAX_RANK = 64;
  private static final JsonFactory JSON = JsonFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder()
          .maxNestingDepth(4)
          .maxStringLength((int) LIMIT)
          .maxNameLength(1 << 16)
          .maxNumberLength(20)
          .build())
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .build();

  /**
   * One tensor: bytes {@code begin} (inclusive) to {@code end} (exclusive) of the data.
   */
  record Entry(DType dtype, long[] shape, long begin, long end) {}

  /**
   * Reads and checks.
   *
   * @param json the header's bytes
   * @param dataBytes how many bytes follow it
   * @throws FormatException naming the file and what is wrong
   */
  static SafetensorsHeader parse(String file, byte[] json, long dataBytes) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    } catch (CharacterCodingException e) {
      throw new FormatException(file, "the header is not UTF-8");
    }
    if (text.isEmpty() || text.charAt(0) != '{') {
      throw new FormatException(file, "the header does not begin with {");
    }
    Map<String, Entry> entries = new LinkedHashMap<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    try (JsonParser p = JSON.createParser(text)) {
      p.nextToken();
      while (p.nextToken() == JsonToken.FIELD_NAME) {
        String name = paired(file, p.currentName());
        expect(file, p.nextToken(), JsonToken.START_OBJECT, "an object under \"" + shown(name) + "\"");
        if (name.equals("__metadata__")) {
          readMetadata(file, p, metadata);
        } else {
          entries.put(name, readEntry(file, p, name));
        }
      }
      expect(file, p.currentToken(), JsonToken.END_OBJECT, "the end of the header's object");
      if (p.nextToken() != null) {
        throw new FormatException(file, "the header goes on after its object");
      }
    } catch (JsonProcessingException e) {
      throw new FormatException(file,
          "the header is not valid JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
    } catch (IOException e) {
      throw new FormatException(file, "the header cannot be read: " + e.getMessage());
    }
    checkTiling(file, entries, dataBytes);
    return new SafetensorsHeader(Collections.unmodifiableMap(entries), Collections.unmodifiableMap(metadata));
  }

  /** The decoder has checked the bytes, but an escape can still bring half a character. */
  private static String paired(String file, String s) {
    if (s.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
      throw new FormatException(file, "the header's string \"" + shown(s) + "\" has a lone surrogate");
    }
    return s;
  }

  private static void expect(String file, JsonToken found, JsonToken wanted, String what) {
    if (found != wanted) {
      throw new FormatException(file, "the header must have " + what + ", got " + found);
    }
  }

  private static void readMetadata(String file, JsonParser p, Map<String, String> metadata) throws IOException {
    while (p.nextToken() == JsonToken.FIELD_NAME) {
      String key = paired(file, p.currentName());
      expect(file, p.nextToken(), JsonToken.VALUE_STRING, "a string under __metadata__." + shown(key));
      metadata.put(key, paired(file, p.getText()));
    }
    expect(file, p.currentToken(), JsonToken.END_OBJECT, "the end of __metadata__");
  }

  private static Entry readEntry(String file, JsonParser p, String name) throws IOException {
    DType dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    while (p.nextToken() == JsonToken.FIELD_NAME) {
      switch (p.currentName()) {
        case "dtype" -> {
          expect(file, p.nextToken(), JsonToken.VALUE_STRING, "a string as dtype of \"" + shown(name) + "\"");
          dtype = dtype(file, name, p.getText());
        }
        case "shape" -> shape = naturals(file, p, name, "shape");
        case "data_offsets" -> offsets = naturals(file, p, name, "data_offsets");
        default -> throw new FormatException(
            file, "tensor \"" + shown(name) + "\" has an unknown key \"" + shown(p.currentName()) + "\"");
      }
    }
    if (dtype == null || shape == null || offsets == null) {
      throw new FormatException(file, "tensor \"" + shown(name) + "\" lacks dtype, shape or data_offsets");
    }
    if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
      throw new FormatException(file,
          "tensor \"" + shown(name) + "\" has offsets " + offsets + ", expected begin <= end");
    }
    long bytes = dtype.bytes();
    for (long n : shape) {
      // A size of zero later must not hide an overflow before it.
      if (n != 0 && bytes > Long.MAX_VALUE / n) {
        throw new FormatException(file, "tensor \"" + shown(name) + "\" has a shape that overflows: " + shape);
      }
      bytes *= n;
    }
    if (offsets.get(1) - offsets.get(0) != bytes) {
      throw new FormatException(
          file,
          "tensor \"" + shown(name) + "\" of " + dtype + " " + shape + " needs " + bytes + " bytes, its offsets hold "
              + (offsets.get(1) - offsets.get(0)));
    }
    return new Entry(dtype, shape.stream().mapToLong(Long::longValue).toArray(), offsets.get(0), offsets.get(1));
  }

  private static DType dtype(String file, String tensor, String name) {
    for (DType t : DType.values()) {
      if (t.name().equals(name)) {
        return t;
      }
    }
    throw new FormatException(file, "tensor \"" + shown(tensor) + "\" has an unknown dtype \"" + shown(name) + "\"");
  }

  private static List<Long> naturals(String file, JsonParser p, String name, String key) throws IOException {
    expect(file, p.nextToken(), JsonToken.START_ARRAY, "an array as " + key + " of \"" + shown(name) + "\"");
    List<Long> list = new ArrayList<>();
    while (p.nextToken() != JsonToken.END_ARRAY) {
      expect(file, p.currentToken(), JsonToken.VALUE_NUMBER_INT, "integers in " + key + " of \"" + shown(name) + "\"");
      JsonParser.NumberType type = p.getNumberType();
      if (type != JsonParser.NumberType.INT && type != JsonParser.NumberType.LONG || p.getLongValue() < 0) {
        throw new FormatException(
            file, "tensor \"" + shown(name) + "\" has " + shown(p.getText()) + " in its " + key
                + ", expected a natural number");
      }
      list.add(p.getLongValue());
      if (list.size() > MAX_RANK) {
        throw new FormatException(file,
            "tensor \"" + shown(name) + "\" has more than " + MAX_RANK + " numbers in its " + key);
      }
    }
    return list;
  }

  private static void checkTiling(String file, Map<String, Entry> entries, long dataBytes) {
    List<Map.Entry<String, Entry>> byOffset = new ArrayList<>(entries.entrySet());
    byOffset.sort(Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().begin)
        .thenComparingLong(e -> e.getValue().end));
    long at = 0;
    for (Map.Entry<String, Entry> e : byOffset) {
      if (e.getValue().begin != at) {
        throw new FormatException(
            file,
            "tensor \"" + shown(e.getKey()) + "\" begins at byte " + e.getValue().begin + " of the data, expected " + at
                + (e.getValue().begin < at ? " (tensors overlap)" : " (a hole)"));
      }
      at = e.getValue().end;
    }
    if (at != dataBytes) {
      throw new FormatException(file,
          "the tensors fill " + at + " bytes, the file has " + dataBytes + " after its header");
    }
  }

  /** A name from a stranger's file, short and on one line. */
  private static String shown(String name) {
    String s = name.length() > 80 ? name.substring(0, 80) + "..." : name;
    return s.replaceAll("\\p{Cntrl}", "?");
  }
}
