package io.github.tsdsr.io.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.GoldenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigTest {
  private static final String EXAMPLE = """
      mode: student   # a comment
      steps: 2400
      rate: 2e-3
      weight: -1.5
      quoted: "12"
      no_is_a_text: no
      flag: true
      nothing: ~
      sigma: [1e-1, 3]
      network:
        layers: 2
        dual: [0, 1]
        deep:
          kernel: 21
      """;

  @TempDir
  private Path folder;

  private Config yaml(String text, Map<String, String> overrides) throws IOException {
    return Config.yaml(Files.writeString(folder.resolve("train.yaml"), text), overrides);
  }

  private Config yaml(String text) throws IOException {
    return yaml(text, Map.of());
  }

  @Test
  void valuesForAnotherFileAreTakenAsTheyStand() throws IOException {
    Config c = yaml("""
        changes:
          steps: 100
          shrink: [0.5, 1]
          out: "it's, a: text"
          nothing: ~
          lora_model:
            rank: 4
        """);
    Map<String, String> changes = c.overrides("changes");
    assertEquals(List.of("steps", "shrink", "out", "nothing", "lora_model.rank"), List.copyOf(changes.keySet()));
    c.refuseUnread();
    Config changed = yaml("steps: 7\nnothing: 3\nlora_model: {rank: 2, alpha: 1}", changes);
    assertEquals(100, changed.integer("steps"));
    assertEquals(List.of(0.5, 1.0), changed.numbers("shrink"));
    assertEquals("it's, a: text", changed.text("out"));
    assertFalse(changed.has("nothing"));
    assertEquals(4, changed.section("lora_model").integer("rank"));
    assertEquals(1, changed.section("lora_model").integer("alpha"));
    assertEquals(List.of("steps", "nothing", "lora_model", "shrink", "out"), changed.keys());
    assertEquals(Map.of(), c.overrides("absent"));
  }

  @Test
  void valuesAreReadAsTheTypesAskedFor() throws IOException {
    Config c = yaml(EXAMPLE);
    assertEquals("student", c.text("mode"));
    assertEquals(2400, c.integer("steps"));
    assertEquals(2e-3, c.number("rate"));
    assertEquals(-1.5, c.number("weight"));
    assertEquals(2400.0, c.number("steps"));
    assertEquals("12", c.text("quoted"));
    assertEquals("no", c.text("no_is_a_text"));
    assertTrue(c.flag("flag", false));
    assertFalse(c.has("nothing"));
    assertEquals(7, c.integer("absent", 7));
    assertArrayEquals(new double[] {0.1, 3}, c.range("sigma", 0, 0));
    assertEquals(List.of(0, 1), c.section("network").integers("dual"));
    assertEquals(List.of(0.1, 3.0), c.numbers("sigma", List.of()));
    assertEquals(List.of("x"), c.texts("absent", List.of("x")));
    assertEquals(21, c.section("network").section("deep").integer("kernel"));
  }

  private static void refused(Config c, Consumer<Config> get, String... words) {
    String message = assertThrows(FormatException.class, () -> get.accept(c)).getMessage();
    GoldenFiles.assertOneLine(message, "train.yaml", words);
  }

  @Test
  void aWrongTypeIsOneLineWithFileLineAndPath() throws IOException {
    Config c = yaml(EXAMPLE);
    refused(c, x -> x.integer("mode"), "line 1", "key mode: expected an integer, got \"student\"");
    refused(c, x -> x.integer("rate"), "line 3", "key rate: expected an integer, got 0.002");
    refused(c, x -> x.number("mode"), "line 1", "expected a number");
    refused(c, x -> x.text("steps"), "line 2", "expected a text, got 2400");
    refused(c, x -> x.flag("steps", true), "line 2", "expected true or false");
    refused(c, x -> x.section("mode"), "line 1", "expected keys and values");
    refused(c, x -> x.section("network").integers("layers"), "line 11",
        "key network.layers: expected a list of integers");
    refused(c, x -> x.numbers("mode", List.of()), "line 1", "key mode: expected a list of numbers");
    refused(c, x -> x.texts("sigma", List.of()), "expected a list of texts, got [0.1,3");
    refused(c, x -> x.range("mode", 0, 1), "line 1", "a number or a list of two");
    refused(c, x -> x.section("network").section("deep").integer("size"), "line 13",
        "key network.deep.size is missing");
    refused(c, x -> x.text("nothing"), "key nothing is missing");
  }

  @Test
  void keysThatNobodyReadAreReportedWithTheirPaths() throws IOException {
    Config c = yaml(EXAMPLE);
    List.of("mode", "steps", "rate", "weight", "quoted", "no_is_a_text", "flag", "nothing", "sigma").forEach(c::has);
    assertEquals(List.of("network"), c.unused());
    Config network = c.section("network");
    network.integer("layers");
    network.section("deep");
    assertEquals(List.of("network.dual", "network.deep.kernel"), c.unused());
    refused(c, Config::refuseUnread, "line 12", "key network.dual is not known");
    network.integers("dual");
    network.section("deep").integer("kernel");
    c.refuseUnread();
  }

  @Test
  void overridesReplaceAndAddValuesAndAreNamedInMessages() throws IOException {
    Map<String, String> set = new LinkedHashMap<>();
    set.put("steps", "10");
    set.put("network.dual", "[3]");
    set.put("network.new.key", "1e-4");
    set.put("mode", "x: y");
    Config c = yaml(EXAMPLE, set);
    assertEquals(10, c.integer("steps"));
    assertEquals(List.of(3), c.section("network").integers("dual"));
    assertEquals(1e-4, c.section("network").section("new").number("key"));
    refused(c, x -> x.text("mode"), "--set", "key mode");
    String message = assertThrows(FormatException.class, () -> yaml(EXAMPLE, Map.of("mode.a", "1"))).getMessage();
    assertTrue(message.startsWith("--set mode.a"), message);
    message = assertThrows(FormatException.class, () -> yaml(EXAMPLE, Map.of("mode", "[1"))).getMessage();
    assertTrue(message.startsWith("--set mode"), message);
  }

  @Test
  void anAliasStandsForWhatItsAnchorNames() throws IOException {
    Config c = yaml("a: &x {b: 5}\nc: *x\n");
    assertEquals(5, c.section("c").integer("b"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "- 1", "a: 1\na: 2", "a: {b: 1, b: 2}", "a: [1", "a: b: c", "? [1]\n: 2", "a: &x [*x]",
    "a: !!javax.script.ScriptEngineManager [x]", "a: !other 1", "<<: {a: 1}", "a: 1\n---\nb: 2", "a: \u0001", "\tb: 2"})
  void whatIsNotOneObjectOfPlainValuesIsRefusedWithOneLine(String text) {
    String message = assertThrows(FormatException.class, () -> yaml(text)).getMessage();
    GoldenFiles.assertOneLine(message, "train.yaml");
  }

  @Test
  void bombsOfAliasesDepthAndSizeAreRefusedWithLittleMemory() {
    StringBuilder laughs = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      laughs.append("a%d: &a%d [%s*a%d]\n".formatted(i, i, "*a%d, ".formatted(i - 1).repeat(8), i - 1));
    }
    String few = "a: &a [" + "1, ".repeat(5000) + "1]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\nd: [*c, *c, *c]\n";
    for (String bomb : List.of(laughs.toString(), few, "[".repeat(50_000), "{a: ".repeat(50_000),
        "a: " + "x".repeat(2 << 20))) {
      long bytes = GoldenFiles.allocatedBy(() -> {
        String message = assertThrows(FormatException.class, () -> yaml(bomb)).getMessage();
        GoldenFiles.assertOneLine(message, "train.yaml");
      });
      assertTrue(bytes < 64 << 20, () -> "took " + bytes + " bytes");
    }
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() throws IOException {
    Path file = Files.write(folder.resolve("train.yaml"), new byte[] {'a', ':', ' ', (byte) 0xFF});
    String message = assertThrows(FormatException.class, () -> Config.yaml(file, Map.of())).getMessage();
    GoldenFiles.assertOneLine(message, "train.yaml", "UTF-8");
  }

  @Test
  void aModelsConfigurationIsReadFromJson() throws IOException {
    Config c = Config.json(GoldenFiles.path("models/tiny/transformer/config.json"));
    assertEquals(2, c.integer("num_layers"));
    assertEquals(List.of(), c.integers("dual_attention_layers"));
    assertTrue(c.optionalText("qk_norm").isEmpty());
    String message = assertThrows(FormatException.class, () -> c.integer("_class_name")).getMessage();
    GoldenFiles.assertOneLine(message, "config.json", "key _class_name: expected an integer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "{\"a\":1,\"a\":2}", "{} {}", "{\"a\":NaN}", "3", "{'a':1}", "{\"a\":1,}"})
  void jsonThatIsNotOneObjectIsRefusedWithOneLine(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("config.json"), text);
    String message = assertThrows(FormatException.class, () -> Config.json(file)).getMessage();
    GoldenFiles.assertOneLine(message, "config.json");
  }

  @Test
  void deepJsonIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("config.json"), "{\"a\":".repeat(50_000));
    String message = assertThrows(FormatException.class, () -> Config.json(file)).getMessage();
    GoldenFiles.assertOneLine(message, "config.json");
  }
}
