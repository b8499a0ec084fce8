package io.github.tsdsr.io.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.HostStorage;
import io.github.tsdsr.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The picture files with what Pillow makes of them: cases.json says what is in each, pixels.safetensors has its samples. */
final class GoldenImages {
  private static final String FOLDER = "/golden/io/images/";
  private static final SafetensorsFile PIXELS = SafetensorsFile.of(bytes("pixels.safetensors"), "pixels.safetensors");
  private static final JsonNode CASES = cases();

  private GoldenImages() {}

  static byte[] bytes(String file) {
    try (InputStream in = GoldenImages.class.getResourceAsStream(FOLDER + file)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static Path path(String file) {
    try {
      return Path.of(GoldenImages.class.getResource(FOLDER + file).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode cases() {
    try {
      return new ObjectMapper().readTree(bytes("cases.json"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** All but AVIF, which is not read. */
  static Stream<JsonNode> valid() {
    return StreamSupport.stream(CASES.get("valid").spliterator(), false)
        .filter(c -> !c.get("file").asText().endsWith(".avif"));
  }

  static Stream<JsonNode> malformed() {
    return StreamSupport.stream(CASES.get("malformed").spliterator(), false);
  }

  static Optional<byte[]> bytesOf(String key) {
    return PIXELS.find(key).map(t -> segment(t).toArray(ValueLayout.JAVA_BYTE));
  }

  static Optional<int[]> intsOf(String key) {
    return PIXELS.find(key).map(t -> segment(t).toArray(ValueLayout.JAVA_INT_UNALIGNED));
  }

  private static MemorySegment segment(Tensor t) {
    return ((HostStorage) t.storage()).segment();
  }
}
