package io.github.tsdsr.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.train.SameBytes;
import io.github.tsdsr.train.TinyRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Training by real processes that are killed, or interrupted as by Ctrl-C. */
@DisabledOnOs(OS.WINDOWS)
final class KillAndResumeTest {
  @TempDir
  private Path folder;

  private Path errors(String run) {
    return folder.resolve(run + ".err");
  }

  private Process start(
      Path config, String run, int threads, int steps, int checkpointEvery, String... changes) throws IOException {
    List<String> command = new ArrayList<>(List.of(
        ProcessHandle.current().info().command().orElseThrow(), "-XX:+UseSerialGC", "--add-modules",
        "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
        Main.class.getName(), "train", config.toString(), "--resume", "--quiet", "--threads", "" + threads));
    List<String> sets = new ArrayList<>(List.of(changes));
    sets.addAll(List.of("out=" + run, "steps=" + steps, "checkpoint_every=" + checkpointEvery));
    sets.forEach(set -> command.addAll(List.of("--set", set)));
    return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(errors(run).toFile()).start();
  }

  private void finish(Process process, String run) throws Exception {
    assertEquals(0, process.waitFor(), Files.readString(errors(run)));
  }

  private void assertSameResults(String expectedRun, String run) throws IOException {
    SameBytes.assertSame(TinyRun.results(folder.resolve(expectedRun)), TinyRun.results(folder.resolve(run)));
  }

  private static void kill(Process process) throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /** Kills at moments spread over a run's whole duration, until it was done so often; then lets it end. */
  private void killedAndResumedIsTheSame(Path config, int kills, int threads, long seed, String... changes)
      throws Exception {
    long began = System.nanoTime();
    finish(start(config, "whole", threads, 40, 3, changes), "whole");
    long duration = System.nanoTime() - began;
    SplittableRandom random = new SplittableRandom(seed);
    int run = 0;
    for (int done = 0; done < kills;) {
      Process process = start(config, "killed" + run, threads, 40, 3, changes);
      if (process.waitFor((long) (duration * random.nextDouble()), TimeUnit.NANOSECONDS)) {
        // It came to its end first: that one is compared, and another begun.
        finish(process, "killed" + run);
        assertSameResults("whole", "killed" + run++);
      } else {
        kill(process);
        done++;
      }
    }
    finish(start(config, "killed" + run, threads, 40, 3, changes), "killed" + run);
    assertSameResults("whole", "killed" + run);
  }

  @Test
  void aKilledRunGoesOnToTheSameBytes() throws Exception {
    killedAndResumedIsTheSame(TinyRun.vae(folder), 2, 2, 5);
  }

  @Test
  @Tag("slow")
  void twentyKillsAtRandomMomentsGoOnToTheSameBytesOnOneThread() throws Exception {
    killedAndResumedIsTheSame(TinyRun.vae(folder), 20, 1, 1);
  }

  @Test
  @Tag("slow")
  void twentyKillsAtRandomMomentsGoOnToTheSameBytesOnTwoThreads() throws Exception {
    killedAndResumedIsTheSame(TinyRun.vae(folder), 20, 2, 2);
  }

  /** The log grows by a line a step. */
  private long steps(String run) throws IOException {
    Path log = folder.resolve(run).resolve("log.jsonl");
    if (!Files.exists(log)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(log)) {
      return lines.count();
    }
  }

  @Test
  void aDistillationKilledInItsFirstPhaseGoesOnThroughTheSecondToTheSameBytes() throws Exception {
    Path config = TinyRun.distill(folder);
    int phase = 15;
    String change = "first_phase=" + phase;
    finish(start(config, "whole", 1, 35, 4, change), "whole");
    // Past a checkpoint, before the second phase, and more than twenty steps before the end.
    int step = 5 + new SplittableRandom(11).nextInt(phase - 5);
    Process process = start(config, "killed", 1, 35, 4, change);
    while (process.isAlive() && steps("killed") < step) {
      Thread.sleep(1);
    }
    kill(process);
    assertTrue(steps("killed") < 35, "it came to its end before it could be killed");
    finish(start(config, "killed", 1, 35, 4, change), "killed");
    assertSameResults("whole", "killed");
  }

  @Test
  @Tag("slow")
  void twentyKillsOfADistillationInBothPhasesGoOnToTheSameBytes() throws Exception {
    killedAndResumedIsTheSame(TinyRun.distill(folder), 20, 2, 3, "first_phase=20");
  }

  private boolean isWritingACheckpoint(String run) throws IOException {
    Path out = folder.resolve(run);
    if (!Files.isDirectory(out)) {
      return false;
    }
    try (Stream<Path> files = Files.list(out)) {
      return files.anyMatch(f -> f.getFileName().toString().matches("\\.checkpoint-.*\\.tmp"));
    }
  }

  @Test
  @Tag("slow")
  void aKillInTheMiddleOfACheckpointLeavesTheOneBefore() throws Exception {
    Path config = TinyRun.vae(folder);
    finish(start(config, "whole", 1, 60, 1), "whole");
    int amid = 0;
    for (int i = 0; i < 8; i++) {
      Process process = start(config, "killed", 1, 60, 1);
      while (process.isAlive() && !isWritingACheckpoint("killed")) {
        Thread.onSpinWait();
      }
      kill(process);
      amid += isWritingACheckpoint("killed") ? 1 : 0;
    }
    assertTrue(amid > 0, "no kill came while a checkpoint was written");
    finish(start(config, "killed", 1, 60, 1), "killed");
    assertSameResults("whole", "killed");
  }

  @Test
  void ctrlCSavesAndExitsWith130() throws Exception {
    Path config = TinyRun.vae(folder);
    Process process = start(config, "run", 1, 1_000_000, 1_000_000);
    Path log = folder.resolve("run/log.jsonl");
    while (process.isAlive() && (!Files.exists(log) || Files.size(log) == 0)) {
      Thread.sleep(20);
    }
    new ProcessBuilder("kill", "-INT", "" + process.pid()).start().waitFor();
    assertEquals(130, process.waitFor());
    int steps = Files.readAllLines(log).size();
    assertTrue(Files.exists(folder.resolve("run").resolve(String.format("checkpoint-%08d.safetensors", steps))));
    assertTrue(Files.readString(errors("run")).endsWith(
        "tsdsr: stopped after " + steps + " steps; go on with --resume\n"), Files.readString(errors("run")));
  }
}
