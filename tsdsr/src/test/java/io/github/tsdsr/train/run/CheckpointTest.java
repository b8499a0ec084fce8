package io.github.tsdsr.train.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.io.safetensors.SafetensorsWriter;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints whose writing is cut off, and ones that are damaged on the disk. */
final class CheckpointTest {
  private static final int CUTS = 200;
  private static final int TENSORS = 8;
  /** Larger for the process that is killed, so that most moments find it writing. */
  private static final long SMALL = 300;
  private static final long LARGE = 100_000;

  @TempDir
  private Path folder;

  /** Tensors of which every element says the same number of steps. */
  private static final class State implements AutoCloseable {
    private final Backend backend = new VectorBackend(1, Long.MAX_VALUE);
    private final Scope scope = Scope.on(backend);
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    State(long elements) {
      for (int i = 0; i < TENSORS; i++) {
        tensors.put("tensor." + i, scope.empty(DType.F32, elements));
      }
    }

    void set(long steps) {
      // Not by an operation: vector kernels that are not compiled yet would take longer than the writing.
      tensors.values().forEach(t -> {
        float[] elements = new float[(int) t.count()];
        Arrays.fill(elements, steps);
        backend.upload(MemorySegment.ofArray(elements), t);
      });
    }

    void assertIs(long steps) {
      tensors.forEach((name, t) -> {
        double[] expected = new double[(int) t.count()];
        Arrays.fill(expected, steps);
        assertArrayEquals(expected, Values.doubles(backend, t), name);
      });
    }

    @Override
    public void close() {
      scope.close();
      backend.close();
    }
  }

  private static Checkpoint checkpoint(Path folder) {
    return new Checkpoint(folder, 2, Provenance.of("{\"mode\": \"vae\"}", Map.of()));
  }

  private static Path file(Path folder, long steps) {
    return folder.resolve(String.format("checkpoint-%08d.safetensors", steps));
  }

  /** Saves a state after some steps, by whose number it is told apart, and gives the file's bytes. */
  private byte[] save(Checkpoint checkpoint, State state, int steps) throws IOException {
    state.set(steps);
    checkpoint.save(state.backend, steps, state.tensors);
    return Files.readAllBytes(file(folder, steps));
  }

  /** The length that a file was cut to, for the i-th of all cuts: spread over the whole, its two ends too. */
  private static int cut(int i, int length) {
    return (int) ((long) i * (length - 1) / (CUTS - 1));
  }

  @Test
  void whereverWritingIsCutOffTheCheckpointBeforeIsRestored() throws Exception {
    try (State state = new State(SMALL)) {
      Checkpoint checkpoint = checkpoint(folder);
      save(checkpoint, state, 1);
      byte[] whole = save(checkpoint, state, 2);
      Files.delete(file(folder, 2));
      // What a killed process leaves, by the name of a file until it is written.
      Path half = folder.resolve(".checkpoint-00000002.safetensors.8f14e45f-ceea-467f-ab12-000000000001.tmp");
      for (int i = 0; i < CUTS; i++) {
        Files.write(half, Arrays.copyOf(whole, cut(i, whole.length)));
        state.set(-1);
        try (RunFolder _ = RunFolder.take(folder)) {
          assertEquals(Optional.of(1L), checkpoint.restore(state.backend, state.tensors, CheckpointTest::unexpected));
        }
        state.assertIs(1);
        assertFalse(Files.exists(half));
      }
    }
  }

  private static void unexpected(String warning) {
    throw new AssertionError(warning);
  }

  @Test
  void whereverTheNewestIsCutShortTheOneBeforeIsRestoredAndOutlivesTheNext() throws Exception {
    try (State state = new State(SMALL)) {
      Checkpoint checkpoint = checkpoint(folder);
      save(checkpoint, state, 1);
      Path kept = Files.copy(file(folder, 1), folder.resolve("kept"));
      byte[] whole = save(checkpoint, state, 3);
      for (int i = 0; i < CUTS; i++) {
        Files.copy(kept, file(folder, 1), StandardCopyOption.REPLACE_EXISTING);
        int length = cut(i, whole.length);
        Files.write(file(folder, 3), Arrays.copyOf(whole, length));
        List<String> warnings = new ArrayList<>();
        state.set(-1);
        assertEquals(Optional.of(1L), checkpoint.restore(state.backend, state.tensors, warnings::add));
        state.assertIs(1);
        assertEquals(1, warnings.size(), () -> "cut to " + length + ": " + warnings);
        save(checkpoint, state, 2);
        assertTrue(Files.exists(file(folder, 1)), "the damaged one counted as one of the two that stay");
        Files.delete(file(folder, 2));
      }
    }
  }

  @Test
  void whateverBitOfTheNewestIsChangedTheOneBeforeIsRestored() throws Exception {
    try (State state = new State(SMALL)) {
      Checkpoint checkpoint = checkpoint(folder);
      save(checkpoint, state, 1);
      byte[] whole = save(checkpoint, state, 3);
      SplittableRandom random = new SplittableRandom(11);
      for (int i = 0; i < CUTS; i++) {
        byte[] changed = whole.clone();
        int at = cut(i, whole.length);
        changed[at] ^= (byte) (1 << random.nextInt(8));
        Files.write(file(folder, 3), changed);
        List<String> warnings = new ArrayList<>();
        state.set(-1);
        assertEquals(
            Optional.of(1L), checkpoint.restore(state.backend, state.tensors, warnings::add), () -> "byte " + at);
        state.assertIs(1);
        assertEquals(1, warnings.size(), () -> "byte " + at + ": " + warnings);
        assertFalse(Files.exists(file(folder, 3)));
      }
    }
  }

  @Test
  void aCheckpointWithoutAChecksumIsTakenAsItIs() throws Exception {
    try (State state = new State(SMALL)) {
      state.set(4);
      SafetensorsWriter.write(file(folder, 4), state.backend, state.tensors,
          Provenance.of("{\"mode\": \"vae\"}", Map.of()).metadata());
      state.set(-1);
      assertEquals(
          Optional.of(4L), checkpoint(folder).restore(state.backend, state.tensors, CheckpointTest::unexpected));
      state.assertIs(4);
    }
  }

  /** Saves one checkpoint after another until it is killed. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    try (State state = new State(LARGE);
        RunFolder _ = RunFolder.take(folder)) {
      Checkpoint checkpoint = checkpoint(folder);
      long first = checkpoint.restore(state.backend, state.tensors, CheckpointTest::unexpected).orElse(0L);
      for (long steps = first + 1;; steps++) {
        state.set(steps);
        checkpoint.save(state.backend, steps, state.tensors);
      }
    }
  }

  private boolean isWriting() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(f -> f.getFileName().toString().endsWith(".tmp"));
    }
  }

  private void killsWhileSaving(int kills) throws Exception {
    SplittableRandom random = new SplittableRandom(7);
    Path errors = Files.createTempFile("killed", ".err");
    int amid = 0;
    try (State state = new State(LARGE)) {
      long before = 0;
      for (int i = 0; i < kills; i++) {
        Process process = new ProcessBuilder(
            ProcessHandle.current().info().command().orElseThrow(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
            "--add-modules", "jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-cp",
            System.getProperty("java.class.path"), CheckpointTest.class.getName(), folder.toString())
                .redirectErrorStream(true).redirectOutput(errors.toFile()).start();
        // The first ones take longest between two files, where classes are loaded.
        while (process.isAlive() && Checkpoint.latest(folder).orElse(0L) < before + 5) {
          Thread.sleep(1);
        }
        boolean ended = process.waitFor(random.nextLong(30_000_000), TimeUnit.NANOSECONDS);
        // One kill comes at any moment, the next one amid writing.
        while (i % 2 == 1 && process.isAlive() && !isWriting()) {
          Thread.onSpinWait();
        }
        assertFalse(ended, Files.readString(errors));
        process.destroyForcibly().waitFor();
        amid += isWriting() ? 1 : 0;
        long latest = checkpoint(folder).restore(state.backend, state.tensors, CheckpointTest::unexpected)
            .orElseThrow();
        assertTrue(latest > before, latest + " after " + before);
        state.assertIs(latest);
        before = latest;
      }
    } finally {
      Files.delete(errors);
    }
    int caught = amid;
    assertTrue(caught > kills / 10, () -> "only " + caught + " of " + kills + " kills came amid writing");
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aProcessKilledWhileItSavesLeavesACheckpointThatLoads() throws Exception {
    killsWhileSaving(5);
  }

  @Test
  @Tag("slow")
  @DisabledOnOs(OS.WINDOWS)
  void twoHundredKillsWhileSavingAlwaysLeaveACheckpointThatLoads() throws Exception {
    killsWhileSaving(200);
  }
}
