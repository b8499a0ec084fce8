package io.github.tsdsr.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON files from strangers: of bounded size and depth, no key twice, nothing after the end. */
public final class JsonText {
  private static final int MAX_DEPTH = 20;
  private static final ObjectMapper MAPPER = new ObjectMapper(JsonFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).maxNumberLength(100).build())
      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
      .build()).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private JsonText() {}

  /**
   * Reads a file that holds one JSON object.
   *
   * @param limit the most bytes it may have
   * @throws FormatException if it is larger or not one valid object
   */
  public static ObjectNode object(Path file, long limit) throws IOException {
    long size = Files.size(file);
    if (size > limit) {
      throw new FormatException(file.toString(), size + " bytes, expected at most " + limit);
    }
    return object(Files.readAllBytes(file), file.toString());
  }

  /**
   * Reads the bytes of a file that holds one JSON object.
   *
   * @param name what messages call it
   * @throws FormatException if it is not one valid object
   */
  public static ObjectNode object(byte[] bytes, String name) throws IOException {
    try {
      if (MAPPER.readTree(bytes) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      String where = e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr();
      throw new FormatException(
          name + where, "not valid JSON: " + e.getOriginalMessage().lines().findFirst().orElse("it cannot be parsed"));
    }
    throw new FormatException(name, "expected a JSON object of keys and values");
  }
}
