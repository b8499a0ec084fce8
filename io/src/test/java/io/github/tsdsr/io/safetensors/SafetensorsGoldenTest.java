package io.github.tsdsr.io.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.NamedWeights;
import io.github.tsdsr.io.model.WeightFiles;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.HostStorage;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All files of golden section 5, part 4, io/safetensors. */
final class SafetensorsGoldenTest {
  private static final String FOLDER = "io/safetensors";
  private static final long LITTLE_MEMORY = 4 << 20;

  /** What the message must say, where the reason is more than that the header is wrong. */
  private static final Map<String, List<String>> SUBSTANCE = Map.ofEntries(
      Map.entry("empty_file", List.of("8 bytes")),
      Map.entry("seven_bytes", List.of("8 bytes", "has 7")),
      Map.entry("length_zero", List.of("does not begin with {")),
      Map.entry("length_beyond_file", List.of("header of 100000 bytes")),
      Map.entry("length_huge", List.of("1000000010", "100000000")),
      Map.entry("length_2_63", List.of("9223372036854775808")),
      Map.entry("length_max", List.of("18446744073709551615")),
      Map.entry("not_json", List.of("header")),
      Map.entry("json_cut", List.of("header")),
      Map.entry("json_array", List.of("does not begin with {")),
      Map.entry("json_trailing", List.of("header")),
      Map.entry("trailing_comma", List.of("not valid JSON")),
      Map.entry("bom", List.of("does not begin with {")),
      Map.entry("leading_space", List.of("does not begin with {")),
      Map.entry("not_utf8", List.of("not UTF-8")),
      Map.entry("lone_surrogate", List.of("lone surrogate")),
      Map.entry("duplicate_key", List.of("uplicate", "x")),
      Map.entry("duplicate_field", List.of("uplicate", "dtype")),
      Map.entry("overlap", List.of("overlap")),
      Map.entry("same_bytes", List.of("overlap")),
      Map.entry("hole", List.of("hole", "8", "4")),
      Map.entry("hole_at_start", List.of("hole", "0", "4")),
      Map.entry("data_short", List.of("12", "16")),
      Map.entry("data_missing", List.of("0", "16")),
      Map.entry("data_long", List.of("16", "21")),
      Map.entry("size_mismatch", List.of("F32", "20", "16")),
      Map.entry("size_mismatch_dtype", List.of("F64", "32", "16")),
      Map.entry("overflow_product", List.of("overflows")),
      Map.entry("overflow_bytes", List.of("overflows")),
      Map.entry("overflow_with_zero", List.of("overflows")),
      Map.entry("dimension_2_63", List.of("shape", "9223372036854775808")),
      Map.entry("dimension_negative", List.of("shape", "natural number")),
      Map.entry("dimension_float", List.of("shape", "integer")),
      Map.entry("dimension_string", List.of("shape", "integer")),
      Map.entry("offset_negative", List.of("data_offsets", "natural number")),
      Map.entry("offset_float", List.of("data_offsets", "integer")),
      Map.entry("offset_exponent", List.of("data_offsets", "integer")),
      Map.entry("offset_overflow", List.of("data_offsets")),
      Map.entry("offset_three", List.of("offsets")),
      Map.entry("begin_after_end", List.of("16, 0")),
      Map.entry("beyond_data", List.of("100")),
      Map.entry("dtype_unknown", List.of("dtype", "F31")),
      Map.entry("dtype_lower", List.of("dtype", "f32")),
      Map.entry("dtype_missing", List.of("lacks", "dtype")),
      Map.entry("shape_missing", List.of("lacks", "shape")),
      Map.entry("offsets_missing", List.of("lacks", "data_offsets")),
      Map.entry("entry_null", List.of("an object")),
      Map.entry("metadata_number", List.of("a string under __metadata__")),
      Map.entry("nested_arrays", List.of("does not begin with {")),
      Map.entry("nested_objects", List.of("unknown key")),
      Map.entry("nested_in_shape", List.of("shape")),
      Map.entry("number_long", List.of("header")),
      Map.entry("nul_bytes", List.of("header")),
      Map.entry("sharded_missing_tensor/model", List.of("tensor b")),
      Map.entry("sharded_escape/model", List.of("outside the folder", "../padded.safetensors")),
      Map.entry("sharded_absent/model", List.of("not there")));

  static Stream<JsonNode> valid() {
    return GoldenFiles.cases(FOLDER, "valid");
  }

  static Stream<JsonNode> malformed() {
    return GoldenFiles.cases(FOLDER, "malformed");
  }

  private static NamedWeights open(String file) throws IOException {
    return file.endsWith(".json")
        ? WeightFiles.open(GoldenFiles.path(FOLDER + "/" + file))
        : SafetensorsFile.open(GoldenFiles.path(FOLDER + "/" + file));
  }

  @ParameterizedTest
  @MethodSource("valid")
  void aValidFileIsReadExactly(JsonNode c) throws IOException {
    try (NamedWeights file = open(c.get("file").asText())) {
      Set<String> names = new HashSet<>();
      c.get("values").fieldNames().forEachRemaining(names::add);
      assertEquals(names, file.names());
      for (String name : names) {
        assertHolds(c.get("values").get(name), file.find(name).orElseThrow(), name);
      }
    }
  }

  private static void assertHolds(JsonNode values, Tensor t, String name) {
    assertEquals(values.size(), t.count(), name);
    if (t.dtype() == DType.I64 || t.dtype() == DType.U64) {
      // A double would hide the last bits.
      for (int i = 0; i < values.size(); i++) {
        BigInteger want = values.get(i).bigIntegerValue();
        assertEquals(want.longValue(), GoldenFiles.segment(t).get(ValueLayout.JAVA_LONG_UNALIGNED, 8L * i), name);
      }
      return;
    }
    double[] want = new double[values.size()];
    for (int i = 0; i < want.length; i++) {
      want[i] = values.get(i).asDouble();
    }
    try (ReferenceBackend backend = new ReferenceBackend()) {
      assertArrayEquals(want, Values.doubles(backend, t), name);
    }
  }

  @Test
  void theValidFilesHoldAllFifteenTypes() throws IOException {
    try (NamedWeights file = open("all_dtypes.safetensors")) {
      Set<DType> types = new HashSet<>();
      file.names().forEach(n -> types.add(file.find(n).orElseThrow().dtype()));
      assertEquals(Set.of(DType.values()), types);
    }
  }

  @Test
  void metadataIsKept() throws IOException {
    JsonNode c = valid().filter(v -> v.has("metadata")).findFirst().orElseThrow();
    Map<String, String> want = new HashMap<>();
    c.get("metadata").properties().forEach(e -> want.put(e.getKey(), e.getValue().asText()));
    try (SafetensorsFile file = SafetensorsFile.open(GoldenFiles.path(FOLDER + "/" + c.get("file").asText()))) {
      assertEquals(want, file.metadata());
    }
  }

  @Test
  void emptyTensorsAndScalarsKeepTheirShapes() throws IOException {
    try (NamedWeights file = open("zero_and_scalar.safetensors")) {
      assertArrayEquals(new long[] {0, 3}, file.find("empty").orElseThrow().shape());
      assertArrayEquals(new long[0], file.find("scalar").orElseThrow().shape());
    }
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void aMalformedFileIsRefusedWithOneLineAndLittleMemory(JsonNode c) {
    String file = c.get("file").asText();
    FormatException[] refusal = new FormatException[1];
    long bytes =
        GoldenFiles.allocatedBy(() -> refusal[0] = assertThrows(FormatException.class, () -> open(file).close()));
    List<String> words = SUBSTANCE.get(file.replace(".safetensors", "").replace(".index.json", ""));
    GoldenFiles.assertOneLine(refusal[0].getMessage(), file, words.toArray(String[]::new));
    assertTrue(bytes < LITTLE_MEMORY, () -> "took " + bytes + " bytes");
  }

  @Test
  void aTensorThatSomethingElseOwnsSurvivesTheFile() throws IOException {
    SafetensorsFile file = SafetensorsFile.open(GoldenFiles.path(FOLDER + "/unpadded.safetensors"));
    HostStorage storage = (HostStorage) file.find("x").orElseThrow().storage();
    storage.retain();
    file.close();
    file.close();
    MemorySegment bytes = storage.segment();
    assertEquals(1f, bytes.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0));
    storage.release();
    assertThrows(IllegalStateException.class, () -> bytes.get(ValueLayout.JAVA_BYTE, 0));
  }

  @Test
  void aTensorOfAClosedFileFailsInsteadOfReadingMemoryThatIsGone() throws IOException {
    SafetensorsFile file = SafetensorsFile.open(GoldenFiles.path(FOLDER + "/unpadded.safetensors"));
    HostStorage storage = (HostStorage) file.find("x").orElseThrow().storage();
    file.close();
    assertThrows(IllegalStateException.class, storage::address);
  }

  @Test
  void bytesInMemoryAreReadAsAFile() throws IOException {
    byte[] bytes = Files.readAllBytes(GoldenFiles.path(FOLDER + "/unpadded.safetensors"));
    try (SafetensorsFile file = SafetensorsFile.of(bytes, "resource")) {
      assertEquals(Set.of("x"), file.names());
    }
    byte[] cut = Arrays.copyOf(bytes, bytes.length - 1);
    FormatException e = assertThrows(FormatException.class, () -> SafetensorsFile.of(cut, "resource"));
    GoldenFiles.assertOneLine(e.getMessage(), "resource", "15", "16");
  }

  @Test
  void noChangeOfAByteAndNoCutLeadsToAnythingButARefusalOrTensors() throws IOException {
    byte[] bytes = Files.readAllBytes(GoldenFiles.path(FOLDER + "/all_dtypes.safetensors"));
    for (int at = 0; at < bytes.length; at++) {
      byte[] cut = Arrays.copyOf(bytes, at);
      assertThrows(FormatException.class, () -> SafetensorsFile.of(cut, "cut"));
      for (int change : new int[] {0x01, 0x10, 0x80, 0xFF}) {
        byte[] changed = bytes.clone();
        changed[at] ^= (byte) change;
        try (SafetensorsFile file = SafetensorsFile.of(changed, "changed")) {
          file.names().forEach(name -> GoldenFiles.bits(file.find(name).orElseThrow()));
        } catch (FormatException e) {
          GoldenFiles.assertOneLine(e.getMessage(), "changed");
        }
      }
    }
  }
}
