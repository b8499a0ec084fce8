package io.github.tsdsr.train.tsd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.sd3.FlowMatchScheduler;
import java.io.IOException;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Trajectories of noise levels: golden section 3, train/trajectories.json. */
class TrajectoryTest {
  @Test
  void passesTheLevelsThatTheReferencePasses() throws IOException {
    JsonNode golden = new ObjectMapper().readTree(GoldenFiles.path("train/trajectories.json").toFile());
    int cases = 0;
    for (JsonNode c : golden.get("cases")) {
      int[] want = StreamSupport.stream(c.get("index").spliterator(), false).mapToInt(JsonNode::asInt).toArray();
      int[] got = Trajectory.indices(
          c.get("first").asInt(), c.get("n").asInt(), golden.get("step").asInt(), c.get("bias").asInt(), 999);
      assertArrayEquals(want, got, c::toString);
      cases++;
    }
    assertTrue(cases >= 12, cases + " cases");
  }

  @Test
  void leadsEachSampleItsOwnWay() {
    FlowMatchScheduler scheduler = FlowMatchScheduler.sd3();
    Trajectory way = Trajectory.of(scheduler, new int[] {437, 868}, 4, 50, new int[] {-13, 0});
    assertEquals(4, way.points());
    assertArrayEquals(new int[] {483, 900}, way.indices(1));
    assertArrayEquals(new int[] {624, 999}, way.indices(4));
    assertEquals(scheduler.sigma(868), way.sigmas(0)[1]);
    assertEquals(1000 * scheduler.sigma(483), way.times(1)[0]);
  }

  @Test
  void refusesATrajectoryThatGoesNowhere() {
    assertThrows(IllegalArgumentException.class, () -> Trajectory.indices(999, 4, 50, 0, 999));
    assertThrows(IllegalArgumentException.class, () -> Trajectory.indices(10, 1, 5, -5, 999));
  }
}
