package io.github.tsdsr.io.pt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Tensor;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All files of golden section 5, part 4, io/pt. */
final class PtGoldenTest {
  private static final String FOLDER = "io/pt";
  private static final long LITTLE_MEMORY = 64 << 20;
  private static final Map<String, DType> TYPES = Map.of(
      "float64", DType.F64, "float32", DType.F32, "float16", DType.F16, "bfloat16", DType.BF16, "int64", DType.I64,
      "int32", DType.I32, "int16", DType.I16, "int8", DType.I8, "uint8", DType.U8, "bool", DType.BOOL);

  /** What the message must say; files of the list that need not be refused are those without an entry. */
  private static final Map<String, List<String>> SUBSTANCE = Map.ofEntries(
      Map.entry("os_system", List.of("os.system", "allow-list")),
      Map.entry("posix_system", List.of("posix.system", "allow-list")),
      Map.entry("eval", List.of("builtins.eval", "allow-list")),
      Map.entry("eval_protocol4", List.of("builtins.eval", "allow-list")),
      Map.entry("exec_python2", List.of("__builtin__.exec", "allow-list")),
      Map.entry("unlisted_global", List.of("decimal.Decimal", "allow-list")),
      Map.entry("unlisted_counter", List.of("collections.Counter", "allow-list")),
      Map.entry("unlisted_never_called", List.of("subprocess.Popen", "allow-list")),
      Map.entry("dotted_name", List.of("allow-list")),
      Map.entry("getattr", List.of("builtins.getattr", "allow-list")),
      Map.entry("inst_opcode", List.of("opcode INST")),
      Map.entry("obj_opcode", List.of("os.system")),
      Map.entry("newobj", List.of("NEWOBJ")),
      Map.entry("extension", List.of("opcode EXT1")),
      Map.entry("load_from_bytes", List.of("torch.storage._load_from_bytes", "allow-list")),
      Map.entry("build_on_tensor", List.of("attributes of a tensor")),
      Map.entry("reduce_of_int", List.of("calls an integer")),
      Map.entry("missing_storage", List.of("storage 7", "not in the archive")),
      Map.entry("storage_traversal", List.of("../../../etc/hostname", "not in the archive")),
      Map.entry("storage_absolute", List.of("storage /", "not in the archive")),
      Map.entry("storage_too_short", List.of("storage 0", "1000 elements", "4000 bytes", "24")),
      Map.entry("storage_huge", List.of("storage 0", "1099511627776 elements", "24")),
      Map.entry("storage_numel_overflow", List.of("storage 0", "overflows")),
      Map.entry("storage_negative", List.of("storage 0", "number of elements", "-")),
      Map.entry("size_beyond_storage", List.of("reaches element 7", "has 6")),
      Map.entry("size_huge", List.of("overflow")),
      Map.entry("size_overflow", List.of("overflow")),
      Map.entry("size_negative", List.of("shape", "-")),
      Map.entry("stride_negative", List.of("strides", "-")),
      Map.entry("stride_overflow", List.of("overflow")),
      Map.entry("stride_count", List.of("2 dimensions and 1 strides")),
      Map.entry("offset_negative", List.of("offset", "-")),
      Map.entry("offset_beyond", List.of("reaches element 8", "has 6")),
      Map.entry("storage_unknown_type", List.of("QUInt8Storage", "not supported")),
      Map.entry("persistent_not_storage", List.of("not a storage")),
      Map.entry("persistent_short", List.of("persistent id", "parts")),
      Map.entry("storage_two_types", List.of("storage 0", "F32", "F16")),
      Map.entry("truncated", List.of("ends early")),
      Map.entry("truncated_half", List.of("ends early")),
      Map.entry("pickle_cut", List.of("before its STOP")),
      Map.entry("pickle_empty", List.of("pickle is empty")),
      Map.entry("pickle_underflow", List.of("empty stack")),
      Map.entry("pickle_no_mark", List.of("no mark")),
      Map.entry("pickle_memo", List.of("memo 5")),
      Map.entry("pickle_unknown_opcode", List.of("0xf0")),
      Map.entry("pickle_protocol9", List.of("protocol 9")),
      Map.entry("pickle_string_huge", List.of("string of 2147483647 bytes")),
      Map.entry("pickle_string8_huge", List.of("string of 9223372036854775807 bytes")),
      Map.entry("pickle_long_huge", List.of("integer of 2147483647 bytes")),
      Map.entry("pickle_frame_huge", List.of("frame of 4611686018427387904 bytes")),
      Map.entry("pickle_deep", List.of("nested deeper")),
      Map.entry("pickle_laughs", List.of("parts")),
      Map.entry("pickle_cycle", List.of("nested deeper")),
      Map.entry("pickle_dict_odd", List.of("odd number")),
      Map.entry("pickle_unhashable", List.of("a list as a key")),
      Map.entry("storage_too_long", List.of("24 bytes", "48")),
      Map.entry("bomb_storage", List.of("24 bytes", "40000000")),
      Map.entry("bomb_pickle", List.of("pickle of 30000008 bytes")),
      Map.entry("duplicate_entries", List.of("two entries named archive/data.pkl")),
      Map.entry("two_roots", List.of("2 entries */data.pkl")),
      Map.entry("no_pickle", List.of("0 entries */data.pkl")),
      Map.entry("torchscript", List.of("TorchScript")),
      Map.entry("size_lie_central", List.of("version", "2147483647")),
      Map.entry("entry_count_lie", List.of("65279")),
      Map.entry("not_a_zip", List.of("neither a zip file nor a pickle")),
      Map.entry("html", List.of("web page")),
      Map.entry("lfs_pointer", List.of("Git LFS pointer")),
      Map.entry("empty", List.of("empty")),
      Map.entry("bare_pickle", List.of("os.system", "allow-list")),
      Map.entry("legacy_truncated", List.of("only")),
      Map.entry("legacy_magic", List.of("magic number")),
      Map.entry("legacy_numel", List.of("1099511627776")));

  static Stream<JsonNode> valid() {
    return GoldenFiles.cases(FOLDER, "valid");
  }

  static Stream<JsonNode> malformed() {
    return GoldenFiles.cases(FOLDER, "malformed");
  }

  private static PtFile open(String file) {
    try {
      return PtFile.open(GoldenFiles.path(FOLDER + "/" + file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @MethodSource("valid")
  void aValidFileIsReadExactly(JsonNode c) throws IOException {
    String name = c.get("file").asText();
    try (PtFile file = open(name);
        SafetensorsFile expected = SafetensorsFile.open(GoldenFiles.path(FOLDER + "/expected.safetensors"))) {
      Set<String> paths = new HashSet<>();
      c.get("tensors").fieldNames().forEachRemaining(paths::add);
      assertEquals(paths, file.names());
      for (String path : paths) {
        JsonNode said = c.get("tensors").get(path);
        Tensor t = file.find(path).orElseThrow();
        assertEquals(TYPES.get(said.get("dtype").asText()), t.dtype(), path);
        assertArrayEquals(longs(said.get("shape")), t.shape(), path);
        if (t.count() > 0) {
          assertArrayEquals(longs(said.get("stride")), t.layout().strides(), path);
          assertEquals(said.get("storage_offset").asLong(), t.layout().offset(), path);
        }
        assertArrayEquals(GoldenFiles.bits(expected.get(name + ":" + path, t.shape())), GoldenFiles.bits(t), path);
      }
    }
  }

  private static long[] longs(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).mapToLong(JsonNode::asLong).toArray();
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void aMalformedFileIsRefusedWithOneLineAndSoonAndWithLittleMemory(JsonNode c) {
    String name = c.get("file").asText();
    List<String> words = SUBSTANCE.get(name.replace("bad/", "").replace(".pt", ""));
    if (words == null) {
      assertTrue(!c.get("must_reject").asBoolean(), "a file that must be refused has no entry in the table");
      open(name).close();
      return;
    }
    FormatException[] refusal = new FormatException[1];
    long bytes = Assertions.assertTimeout(Duration.ofSeconds(10), () -> GoldenFiles.allocatedBy(
        () -> refusal[0] = assertThrows(FormatException.class, () -> open(name).close())));
    GoldenFiles.assertOneLine(refusal[0].getMessage(), name, words.toArray(String[]::new));
    assertTrue(bytes < LITTLE_MEMORY, () -> "took " + bytes + " bytes");
  }

  @Test
  void valuesBesideTensorsAreKept() {
    try (PtFile file = open("dict.pt")) {
      assertEquals(7L, file.values().get("step"));
      assertEquals(1e-4, file.values().get("lr"));
      assertEquals("größe", file.values().get("name"));
      assertEquals(true, file.values().get("flag"));
      assertEquals(BigInteger.TWO.pow(70), file.values().get("big"));
      assertEquals(3L, file.values().get("list/1"));
      assertEquals("x", file.values().get("tuple/1"));
    }
  }

  @Test
  void tensorsThatShareAStorageDoSoHere() {
    try (PtFile file = open("shared.pt")) {
      assertSame(file.find("whole").orElseThrow().storage(), file.find("last").orElseThrow().storage());
    }
  }

  @Test
  void aStoredEntryIsUsedWhereItLies() throws IOException {
    try (PtFile file = open("tensor.pt")) {
      long bytes = GoldenFiles.segment(file.find("").orElseThrow()).address();
      assertTrue(bytes % Float.BYTES == 0 && GoldenFiles.segment(file.find("").orElseThrow()).isReadOnly());
    }
  }

  @Test
  void aDamagedPickleIsNoticedByItsChecksum() throws IOException {
    byte[] bytes = Files.readAllBytes(GoldenFiles.path(FOLDER + "/no_byteorder.pt"));
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    bytes[text.indexOf("cpu")] = 'x';
    FormatException e = assertThrows(FormatException.class, () -> PtFile.of(bytes, "damaged.pt"));
    GoldenFiles.assertOneLine(e.getMessage(), "damaged.pt", "checksum");
  }

  @Test
  void everyCutOfAFileIsRefused() throws IOException {
    for (String name : List.of("dict.pt", "deflated.pt", "legacy_dict.pt", "protocol4.pt")) {
      byte[] bytes = Files.readAllBytes(GoldenFiles.path(FOLDER + "/" + name));
      for (int n = 0; n < bytes.length; n++) {
        byte[] cut = Arrays.copyOf(bytes, n);
        assertThrows(FormatException.class, () -> PtFile.of(cut, name).close(), name + " cut to " + n);
      }
    }
  }

  @Test
  void noChangeOfAByteLeadsToAnythingButARefusalOrTensors() throws IOException {
    for (String name : List.of("strided.pt", "deflated.pt", "legacy_dict.pt", "dtypes.pt")) {
      byte[] bytes = Files.readAllBytes(GoldenFiles.path(FOLDER + "/" + name));
      for (int at = 0; at < bytes.length; at++) {
        for (int change : new int[] {0x01, 0x80, 0xFF}) {
          byte[] changed = bytes.clone();
          changed[at] ^= (byte) change;
          try (PtFile file = PtFile.of(changed, name)) {
            file.tensors().values().forEach(Tensor::bytes);
          } catch (FormatException e) {
            assertTrue(e.getMessage().startsWith(name), e.getMessage());
          }
        }
      }
    }
  }
}
