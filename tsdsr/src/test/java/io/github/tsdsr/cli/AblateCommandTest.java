package io.github.tsdsr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tsdsr.train.TinyRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AblateCommandTest {
  private static final String PLAN = """
      training: student.yaml
      out: ablation
      seeds: [1, 2]
      set: {steps: 2, validation: validation}
      variants:
        all of it: {}
        "Hardly: trained": {rate: 1e-12}
      """;

  @TempDir
  private Path folder;

  private Path plan(String text) throws IOException {
    return Files.writeString(folder.resolve("plan.yaml"), text);
  }

  private static CommandRun ablate(Object... arguments) {
    return CommandRun.of(Stream.concat(Stream.of("ablate", "--threads", 1), Stream.of(arguments)));
  }

  @Test
  void everyVariantIsTrainedUnderEverySeedOnceAndTheTableHasMeansAndDeviations() throws Exception {
    TinyRun.student(folder);
    TinyRun.photos(folder.resolve("validation"), 1, 512);
    Path plan = plan(PLAN);
    CommandRun table = ablate(plan);
    assertEquals(0, table.code(), table.err().toString());
    assertEquals(
        List.of("run 1 of 4: all of it, seed 1", "run 2 of 4: Hardly: trained, seed 1", "run 3 of 4: all of it, seed 2",
            "run 4 of 4: Hardly: trained, seed 2"),
        table.err().stream().filter(l -> l.startsWith("run ")).toList());
    assertTrue(Files.exists(folder.resolve("ablation/hardly-trained-seed-2/model/transformer/config.json")));
    assertTrue(table.out().get(1).matches("all of it +[-+][0-9.]+ ± [0-9.]+ .*"), table.out().get(1));
    assertEquals("Mean and standard deviation of 2 seeds.", table.out().getLast());

    CommandRun again = ablate(plan, "--json");
    assertEquals(List.of(), again.err().stream().filter(l -> l.startsWith("step ")).toList());
    JsonNode root = new ObjectMapper().readTree(again.out().getFirst());
    double[] gains = new double[4];
    for (int i = 0; i < 4; i++) {
      JsonNode run = root.at("/variants/" + i / 2 + "/runs/" + i % 2);
      assertEquals(i % 2 + 1, run.path("seed").asInt());
      gains[i] = run.path("psnr_y_gain").asDouble();
      assertTrue(run.has("ssim_gain") && run.has("niqe"), run.toString());
    }
    // Other crops and other first weights: other results.
    assertTrue(gains[0] != gains[1] && gains[0] != gains[2]);
    double mean = (gains[0] + gains[1]) / 2;
    double deviation = Math.abs(gains[0] - gains[1]) / Math.sqrt(2);
    String[] cells = table.out().get(1).substring("all of it".length()).strip().split(" +");
    assertEquals(mean, Double.parseDouble(cells[0]), 6e-4);
    assertEquals(deviation, Double.parseDouble(cells[2]), 6e-4);
  }

  @Test
  void aWrongPlanIsOneLineBeforeAnythingIsTrained() throws Exception {
    TinyRun.student(folder);
    assertEquals(
        List.of("tsdsr: " + folder + "/plan.yaml, line 3: key seeds: expected a list of different integers, such as "
            + "[1, 2, 3], got [1,1]"),
        ablate(plan(PLAN.replace("[1, 2]", "[1, 1]"))).err());
    CommandRun unknown = ablate(plan(PLAN.replace("rate", "rates")));
    assertEquals(List.of("tsdsr: " + folder + "/student.yaml, --set: key rates is not known"), unknown.err());
    assertEquals(2, unknown.code());
    assertEquals(
        List.of("tsdsr: " + folder + "/student.yaml: key validation is missing: an ablation is measured on it"),
        ablate(plan(PLAN), "--set", "set.validation=null").err());
    assertEquals(
        List.of("tsdsr: " + folder
            + "/plan.yaml, line 5: key variants: expected names that differ in letters or digits, got "
            + "{\"a b\":{},\"a-b\":{}}"),
        ablate(plan(PLAN.substring(0, PLAN.indexOf("variants")) + "variants: {a b: {}, a-b: {}}")).err());
    assertTrue(Files.notExists(folder.resolve("ablation")));
  }
}
