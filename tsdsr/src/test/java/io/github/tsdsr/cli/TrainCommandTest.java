package io.github.tsdsr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.train.TinyRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainCommandTest {
  @TempDir
  private Path folder;
  private Path config;

  @BeforeEach
  void makeConfiguration() throws Exception {
    config = TinyRun.vae(folder);
  }

  private CommandRun train(Object... more) {
    return CommandRun.of(Stream.concat(Stream.of("train", config, "--threads", 1), Stream.of(more)));
  }

  @Test
  void withoutATerminalAFewLinesTellHowItGoes() {
    CommandRun run = train();
    assertEquals(0, run.code(), run.err().toString());
    assertEquals(List.of(), run.out());
    assertTrue(run.err().getFirst().matches(
        "[0-9,]+ parameters; 3 photos, 1 crops of 16x16 a step; steps 0 to 12 of 12; in " + folder + "/run"),
        run.err().getFirst());
    List<String> steps = run.err().stream().filter(l -> l.startsWith("step ")).toList();
    assertTrue(steps.getLast().matches("step 12/12 .* l1 [0-9.]+ .* s/step  0:00:00 left"), steps.toString());
    assertEquals("saved after 12 steps: " + folder + "/run", run.err().getLast());
  }

  @Test
  void quietSaysNothingButErrors() {
    assertEquals(new CommandRun(0, List.of(), List.of()), train("--quiet", "--until", 2));
    CommandRun again = train("--quiet");
    assertEquals(List.of("tsdsr: " + folder
        + "/run: holds a run of 2 steps already: go on with --resume, or name another folder"), again.err());
    assertEquals(2, again.code());
  }

  @Test
  void goingBackBehindADamagedCheckpointIsOneLineEvenWhenQuiet() throws Exception {
    train("--quiet", "--until", 6);
    String latest = folder + "/run/checkpoint-00000006.safetensors";
    Files.write(Path.of(latest), new byte[3]);
    assertEquals(
        new CommandRun(0, List.of(), List.of("tsdsr: " + latest + ": damaged, renamed to "
            + "checkpoint-00000006.safetensors.damaged; goes on from step 5: a safetensors file has at least 8 bytes, "
            + "the length of its header; this one has 3")),
        train("--quiet", "--resume", "--until", 7));
  }

  @Test
  void aDryRunTellsWhatItWouldTakeAndWritesNothing() {
    CommandRun run = train("--dry-run", "--memory", "1g");
    assertEquals(0, run.code(), run.err().toString());
    List<String> out = run.out();
    assertEquals("autoencoder, factor 2, 4 latent channels, levels of [12, 12] channels", out.getFirst());
    assertTrue(out.get(1).matches("[0-9,]+ parameters"), out.get(1));
    assertEquals("3 photos, 1 crops of 16x16 a step, 12 steps", out.get(2));
    assertEquals("memory, planned from shapes", out.get(3));
    assertTrue(out.stream().anyMatch(l -> l.matches("a step: losses and gradients +[0-9.]+ MiB")), out.toString());
    assertTrue(out.stream().anyMatch(l -> l.matches("tensors at most, without the files +[0-9.]+ MiB")),
        out.toString());
    assertTrue(out.stream().anyMatch(l -> l.matches("the machine has .*, --memory allows tensors 1.00 GiB; .*")),
        out.toString());
    assertTrue(
        out.getLast().matches("two steps took [0-9.]+ MiB for tensors, [0-9.]+ MiB with freed blocks; .* s a step, .*"),
        out.getLast());
    assertFalse(Files.exists(folder.resolve("run")));
  }

  @Test
  void whatDoesNotFitIsPlannedAndNotTried() {
    CommandRun run = train("--dry-run", "--memory", "100k");
    assertEquals(3, run.code());
    assertTrue(run.out().getLast().startsWith("the machine has "), run.out().toString());
    assertEquals(1, run.err().size());
    assertTrue(run.err().getFirst().matches(
        "tsdsr: not tried: tensors would take [0-9.]+ MiB, --memory allows 0.10 MiB"), run.err().getFirst());
  }

  @Test
  void whatIsWrongIsOneLineWithExitCode2() {
    CommandRun run = train("--set", "crops=3");
    assertEquals(List.of("tsdsr: " + config + ", --set: key crops is not known"), run.err());
    assertEquals(2, run.code());
    CommandRun gone = CommandRun.of(Stream.of("train", folder.resolve("none.yaml")));
    assertEquals(List.of("tsdsr: " + folder + "/none.yaml: no such file"), gone.err());
    assertEquals(2, train("--until", "0").code());
  }

  @Test
  void aStepThatIsNotFiniteIsExitCode3() {
    CommandRun run = train("--set", "rate=1e30", "--quiet");
    assertEquals(3, run.code());
    assertEquals(1, run.err().size());
  }
}
