package io.github.tsdsr.autograd.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tsdsr.io.GoldenFiles;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Learning rates against diffusers: golden section 3, schedules. */
class ScheduleGoldenTest {
  private static final double LAST_RATE = 1e-7;

  @Test
  void ratesAreTheReferencesAtEveryStep() throws IOException {
    JsonNode golden = new ObjectMapper().readTree(GoldenFiles.path("train/schedules.json").toFile());
    long warmUp = golden.get("num_warmup_steps").asLong();
    long total = golden.get("num_training_steps").asLong();
    Set<String> seen = new HashSet<>();
    for (JsonNode s : golden.get("schedules")) {
      double base = s.get("base_lr").asDouble();
      Schedule schedule = schedule(s, base, warmUp, total);
      seen.add(s.get("name").asText());
      for (int i = 0; i < s.get("lr").size(); i++) {
        long k = golden.get("at_step").get(i).asLong();
        double want = s.get("lr").get(i).asDouble();
        assertEquals(want, base * schedule.at(k), 1e-12 * want + 1e-18, schedule + " at " + k);
      }
    }
    assertEquals(6, seen.size(), () -> "schedules seen: " + seen);
  }

  private static Schedule schedule(JsonNode s, double base, long warmUp, long total) {
    return switch (s.get("name").asText()) {
      case "constant" -> new Schedule.Constant();
      case "constant_with_warmup" -> new Schedule.ConstantWithWarmUp(warmUp);
      case "linear" -> new Schedule.Linear(warmUp, total);
      case "cosine" -> new Schedule.Cosine(warmUp, total);
      case "cosine_with_restarts" -> new Schedule.CosineWithRestarts(warmUp, total, s.get("num_cycles").asInt());
      case "polynomial" -> new Schedule.Polynomial(warmUp, total, s.get("power").asDouble(), LAST_RATE / base);
      case String name -> throw new AssertionError(name);
    };
  }

  @Test
  void aScheduleWithoutWarmUpBeginsAtItsBase() {
    assertEquals(1, new Schedule.ConstantWithWarmUp(0).at(0));
    assertEquals(1, new Schedule.Linear(0, 10).at(0));
    assertEquals(1, new Schedule.Cosine(0, 10).at(0));
    assertEquals(1, new Schedule.CosineWithRestarts(0, 10, 2).at(0));
    assertEquals(1, new Schedule.Polynomial(0, 10, 2, 0.1).at(0), 1e-15);
  }

  @Test
  void ratesStayFiniteAndWithinTheBaseWhateverTheLengths() {
    for (long warmUp : new long[] {0, 1, 10}) {
      for (long total : new long[] {1, 10, 11}) {
        for (long k = 0; k < 30; k++) {
          for (Schedule s : new Schedule[] {new Schedule.Linear(warmUp, total), new Schedule.Cosine(warmUp, total),
            new Schedule.CosineWithRestarts(warmUp, total, 3), new Schedule.Polynomial(warmUp, total, 2, 0.1)}) {
            double factor = s.at(k);
            assertTrue(factor >= 0 && factor <= 1, s + " at " + k + ": " + factor);
          }
        }
      }
    }
  }
}
