package io.github.tsdsr.train;

import static io.github.tsdsr.train.TinyRun.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.memory.MemoryLimits;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.train.network.ModelExport;
import io.github.tsdsr.train.step.StepPart;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dry run's plan, from shapes, beside what the same two steps take. */
final class DryRunTest {
  /** How far measurement and plan may lie apart: freed blocks serve for what is up to a fifth smaller. */
  private static final double UNDER = 1.02;
  private static final double OVER = 1.15;

  @TempDir
  private Path folder;

  private record Outcome(TrainingPlan plan, Optional<Trial> trial) {}

  private Outcome dryRun(Path config, OptionalLong allowed, Map<String, String> changes) throws Exception {
    List<TrainingPlan> plans = new ArrayList<>();
    TrainingListener listener = new TrainingListener() {
      @Override
      public void planned(TrainingPlan plan) {
        plans.add(plan);
      }
    };
    try (Backend backend = new VectorBackend(1, allowed.orElse(Long.MAX_VALUE))) {
      MemoryLimits limits = new MemoryLimits(1, allowed, Long.MAX_VALUE);
      Optional<Trial> trial =
          new Trainer(backend, Config.yaml(config, changes), config.getParent()).trial(limits, listener);
      assertEquals(1, plans.size());
      assertTrue(Files.notExists(folder.resolve("run")));
      return new Outcome(plans.getFirst(), trial);
    }
  }

  private TrainingPlan check(Path config, String... changes) throws Exception {
    Outcome outcome = dryRun(config, OptionalLong.empty(), with(changes));
    long planned = outcome.plan.memory().peak();
    long measured = outcome.trial.orElseThrow().peakBytes();
    String both = config.getFileName() + " " + List.of(changes) + ": planned " + planned + ", measured " + measured;
    assertTrue(measured <= UNDER * planned && planned <= OVER * measured, both);
    // What is planned is enough: freed blocks go where there is no room to keep them.
    OptionalLong enough = OptionalLong.of((long) (1.05 * planned));
    assertTrue(dryRun(config, enough, with(changes)).trial.orElseThrow().heldBytes() <= enough.getAsLong(), both);
    assertTrue(outcome.plan.parameters() > 100 && outcome.trial.get().stepSeconds() > 0);
    return outcome.plan;
  }

  @Test
  void thePlanOfEveryModeIsNearWhatItsStepsTake() throws Exception {
    TinyRun.teacherLora(folder);
    Path distill = TinyRun.distillOf(folder);
    Path student = TinyRun.student(Files.createDirectories(folder.resolve("other")));
    String[] larger = {"crop", "32", "batch", "2", "colours", "0"};
    check(folder.resolve("vae.yaml"), larger);
    check(student, larger);
    check(folder.resolve("teacher.yaml"), larger);
    check(folder.resolve("teacher-lora.yaml"), larger);
    check(distill, "crop", "32", "encoder_adapters", "true", "optimiser", "adamw");
    check(distill, "crop", "32", "trains", "all", "optimiser", "muon", "recompute", "true");
  }

  @Test
  void thePartsOfADistillationAreToldAndThoseWithBlocksComputedAgain() throws Exception {
    Path config = TinyRun.distill(folder);
    TrainingPlan plan = check(config, "crop", "32", "batch", "2", "encoder_adapters", "true");
    assertTrue(plan.description().contains("which is not LPIPS"), plan.description());
    assertEquals(Optional.of(false), plan.recomputing());
    Footprint memory = plan.memory();
    List<String> all = new ArrayList<>();
    for (StepPart part : StepPart.values()) {
      all.add(part.title());
    }
    assertEquals(all.size(), memory.parts().size(), memory.parts().toString());
    assertTrue(memory.parts().keySet().containsAll(all), memory.parts().toString());
    Footprint again = plan.otherwise().orElseThrow();
    // What the student's forward pass leaves for its gradient.
    String student = StepPart.STUDENT.title();
    assertTrue(again.parts().get(student) < 0.7 * memory.parts().get(student), memory + " " + again);
    assertEquals(memory.trained(), again.trained());
    assertEquals(memory.mapped(), again.mapped());
    assertEquals(4 * plan.parameters(), memory.trained());
    // The teacher's transformer in half precision and its autoencoder lie in files.
    long files = Files.size(ModelExport.fileIn(folder.resolve("teacher-run/model/transformer")))
        + Files.size(ModelExport.fileIn(folder.resolve("teacher-run/model/vae")));
    assertTrue(memory.mapped() > 0.7 * files && memory.mapped() <= files, memory.mapped() + " of " + files);
  }

  @Test
  void whatDoesNotFitIsPlannedAndNotTried() throws Exception {
    Path config = TinyRun.vae(folder);
    long peak = dryRun(config, OptionalLong.empty(), Map.of()).plan.memory().peak();
    Outcome small = dryRun(config, OptionalLong.of(peak - 1), Map.of());
    assertTrue(small.trial.isEmpty());
    assertEquals(peak, small.plan.memory().peak());
    assertTrue(new MemoryLimits(1, OptionalLong.of(peak), peak).fit(peak, 0));
    assertTrue(!new MemoryLimits(1, OptionalLong.empty(), peak).fit(peak, 1));
  }
}
