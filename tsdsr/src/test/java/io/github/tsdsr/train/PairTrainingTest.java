package io.github.tsdsr.train;

import static io.github.tsdsr.train.TinyRun.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.data.degrade.RealEsrgan;
import io.github.tsdsr.data.pairs.LatentMaker;
import io.github.tsdsr.data.pairs.PairFolder;
import io.github.tsdsr.data.pairs.PairMaker;
import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.image.ImageFormat;
import io.github.tsdsr.io.image.Images;
import io.github.tsdsr.io.model.EmbeddingFiles;
import io.github.tsdsr.io.pt.PtWriter;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.model.ModelFolder;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.train.run.TrainingLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on pairs that lie ready, with and without what is stored beside them. */
final class PairTrainingTest {
  private static final int PAIRS = 3;
  private static final PairMaker.Listener NOBODY = new PairMaker.Listener() {
    @Override
    public void progress(int done, int all) {}

    @Override
    public void leftOut(Path photo, String reason, boolean failure) {}
  };

  @TempDir
  private Path folder;

  private static Map<String, String> onPairs(String... more) {
    Map<String, String> changes = with("photos", "null", "colours", "null", "pairs", "set");
    changes.putAll(with(more));
    return changes;
  }

  /** Pairs of a square size. */
  private void set(int side) throws IOException {
    for (int n = 0; n < PAIRS; n++) {
      picture("gt", n, TinyRun.picture(side, n));
      picture("lr_bicubic", n, TinyRun.picture(side, n + PAIRS));
    }
  }

  private void picture(String of, int n, BytePixels picture) throws IOException {
    Path in = Files.createDirectories(folder.resolve("set").resolve(of));
    Images.write(Pictures.image(picture), in.resolve(n + ".png"), ImageFormat.PNG);
  }

  /** The same for all eight orientations. */
  private static BytePixels symmetric(int side, int number) {
    BytePixels out = TinyRun.picture(side, number);
    BytePixels from = TinyRun.picture(side, number);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int a = Math.min(x, side - 1 - x);
        int b = Math.min(y, side - 1 - y);
        System.arraycopy(
            from.samples(), 3 * (Math.max(a, b) * side + Math.min(a, b)), out.samples(), 3 * (y * side + x), 3);
      }
    }
    return out;
  }

  /** As {@code tsdsr prepare} makes one from photos. */
  private void preparedSet() throws IOException {
    PairMaker.Settings settings =
        new PairMaker.Settings(16, new PairMaker.Selection.Grid(1), RealEsrgan.published(), 5);
    assertEquals(PAIRS,
        PairMaker.make(folder.resolve("photos"), folder.resolve("set"), settings, 1, NOBODY).written());
  }

  private void latents() throws IOException {
    try (Backend backend = new VectorBackend(1, Long.MAX_VALUE)) {
      int written =
          LatentMaker.make(backend, folder.resolve("teacher-run/model"), folder.resolve("set"), NOBODY);
      assertEquals(PAIRS, written);
    }
  }

  /** What the teacher has as default prompt, for each pair, times a factor. */
  private void prompts(float factor) throws IOException {
    try (Backend backend = new VectorBackend(1, Long.MAX_VALUE);
        ModelFolder teacher = ModelFolder.open(folder.resolve("teacher-run/model"));
        EmbeddingFiles files = teacher.defaultPrompt()) {
      PairFolder set = PairFolder.withoutCaches(folder.resolve("set"));
      for (int n = 0; n < PAIRS; n++) {
        stored("prompt_embeds", set.name(n), factor, Values.floats(backend, files.prompt(8)), 2, 8);
        stored("pool_embeds", set.name(n), factor, Values.floats(backend, files.pooled(8)), 8);
      }
    }
  }

  private void stored(String of, String name, float factor, float[] values, long... shape) throws IOException {
    float[] scaled = values.clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= factor;
    }
    Path in = Files.createDirectories(folder.resolve("set").resolve(of));
    PtWriter.write(in.resolve(name + ".pt"), scaled, shape);
  }

  private List<TrainingLog.Entry> log(Path config, String run, String... more) throws Exception {
    Map<String, String> changes = onPairs(more);
    changes.putAll(with("out", run, "steps", "4", "first_phase", "2"));
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, changes);
    return TrainingLog.read(folder.resolve(run).resolve("log.jsonl"));
  }

  @Test
  void aStudentGoesOnWhereItWasAndRefusesAnotherSet() throws Exception {
    Path config = TinyRun.student(folder);
    set(24);
    SameBytes.ofStoppedRuns(config, onPairs("batch", "2"), 5, 10);
    picture("lr_bicubic", 1, BytePixels.blank(24, 24, 3));
    FormatException e = assertThrows(FormatException.class,
        () -> TinyRun.train(config, RunOptions.resumed(), TrainingListener.NONE, onPairs("batch", "2")));
    GoldenFiles.assertOneLine(e.getMessage(), "the pairs differ: ", "3 pairs of 24x24, ");
    // Nor does a run of pairs go on with photos.
    e = assertThrows(FormatException.class,
        () -> TinyRun.train(config, RunOptions.resumed(), TrainingListener.NONE,
            with("batch", "2", "colours", "null")));
    GoldenFiles.assertOneLine(e.getMessage(), "the pairs differ: ", "none now");
  }

  @Test
  void aDistillationWithAllCachesGoesOnWhereItWas() throws Exception {
    Path config = TinyRun.distill(folder);
    preparedSet();
    latents();
    prompts(1);
    SameBytes.ofStoppedRuns(config, onPairs("batch", "2", "parts", "2"), 5, 10);
  }

  @Test
  void storedLatentsAndPromptsAreWhatEncoderAndTeacherWouldGive() throws Exception {
    Path config = TinyRun.distill(folder);
    for (int n = 0; n < PAIRS; n++) {
      picture("gt", n, symmetric(16, n));
      picture("lr_bicubic", n, symmetric(16, n + PAIRS));
    }
    // Latents are added to sets of the program's own only.
    Files.writeString(folder.resolve("set/prepare.json"), "{}");
    List<TrainingLog.Entry> computed = log(config, "computed", "batch", "2");
    latents();
    prompts(1);
    List<TrainingLog.Entry> stored = log(config, "stored", "batch", "2");
    for (int i = 0; i < 4; i++) {
      int step = i;
      computed.get(i).values().forEach((name, value) -> assertEquals(
          value, stored.get(step).values().get(name), 1e-4 * Math.abs(value) + 1e-7, name + " of step " + step));
    }
    // Others give other losses: those that depend on them, and no others.
    prompts(3);
    Map<String, Double> prompted = log(config, "prompted", "batch", "2").getFirst().values();
    Map<String, Double> first = stored.getFirst().values();
    for (String name : List.of("mse", "perceptual")) {
      assertEquals(first.get(name), prompted.get(name), name);
    }
    for (String name : List.of("tsd", "lora")) {
      assertTrue(Math.abs(first.get(name) - prompted.get(name)) > 1e-4 * first.get(name), name);
    }
    prompts(1);
    PairFolder set = PairFolder.open(folder.resolve("set"));
    for (int n = 0; n < PAIRS; n++) {
      PairFolder.Cached latent = set.cached(PairFolder.Cache.LATENTS, n);
      stored("latent_hr", set.name(n), 1.5f, latent.values(), latent.shape());
    }
    Map<String, Double> moved = log(config, "moved", "batch", "2").getFirst().values();
    assertTrue(Math.abs(first.get("mse") - moved.get("mse")) > 1e-3 * first.get("mse"), moved.toString());
    assertEquals(first.get("perceptual"), moved.get("perceptual"));
  }

  @Test
  void adaptersOfATeacherLearnFromStoredLatentsAndPrompts() throws Exception {
    Path config = TinyRun.teacherLora(folder);
    preparedSet();
    latents();
    prompts(1);
    SameBytes.ofStoppedRuns(config, onPairs("batch", "2", "parts", "2"), 5, 10);
    String[] keys = {"batch", "2", "steps", "2", "null_share", "0"};
    double stored = flow(config, "stored", keys);
    prompts(3);
    double prompted = flow(config, "prompted", keys);
    assertTrue(Math.abs(stored - prompted) > 1e-4 * stored, stored + " " + prompted);
    PairFolder set = PairFolder.open(folder.resolve("set"));
    for (int n = 0; n < PAIRS; n++) {
      PairFolder.Cached latent = set.cached(PairFolder.Cache.LATENTS, n);
      stored("latent_hr", set.name(n), 1.5f, latent.values(), latent.shape());
    }
    double moved = flow(config, "moved", keys);
    assertTrue(Math.abs(prompted - moved) > 1e-3 * prompted, prompted + " " + moved);
    // A stored latent is a clean picture's: under degraded ones it is not used.
    double degraded = flow(config, "degraded", "batch", "2", "steps", "2", "null_share", "0", "null_shows", "degraded");
    assertEquals(prompted, degraded, 1e-4 * prompted);
    for (int n = 0; n < PAIRS; n++) {
      stored("prompt_embeds", set.name(n), 1, new float[32], 4, 8);
    }
    refused(config, onPairs("out", "other"), "a tensor [4, 8], expected [2, 8] for these networks");
  }

  private double flow(Path config, String run, String... more) throws Exception {
    Map<String, String> changes = onPairs(more);
    changes.put("out", run);
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, changes);
    return TrainingLog.read(folder.resolve(run).resolve("log.jsonl")).getFirst().values().get("flow");
  }

  private void refused(Path config, Map<String, String> changes, String words) {
    String message = assertThrows(FormatException.class,
        () -> TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, changes)).getMessage();
    assertTrue(message.contains(words) && message.lines().count() == 1, message);
  }

  @Test
  void whatDoesNotGoTogetherIsOneLine() throws Exception {
    Path config = TinyRun.distill(folder);
    set(24);
    refused(config, with("pairs", "set"), "key pairs: expected either photos or pairs");
    refused(config, with("photos", "null"), "key photos is missing");
    refused(config, with("photos", "null", "pairs", "set"), "key colours: expected no such key beside pairs");
    refused(config, onPairs("degradation.scale", "4"), "key degradation: expected no such key beside pairs");
    refused(folder.resolve("vae.yaml"), onPairs(), "key pairs: expected photos instead: mode vae");
    refused(config, onPairs("crop", "32"), "set: pictures of 24x24, expected at least 32x32, a crop");
    refused(config, onPairs("pairs", "nowhere"), "nowhere: no gt/ here");
    for (int n = 0; n < PAIRS; n++) {
      stored("prompt_embeds", "" + n, 1, new float[32], 4, 8);
    }
    refused(config, onPairs(), "set: expected both prompt_embeds/ and pool_embeds/, or neither");
    for (int n = 0; n < PAIRS; n++) {
      stored("pool_embeds", "" + n, 1, new float[8], 8);
    }
    refused(config, onPairs(), "prompt_embeds/0.pt: a tensor [4, 8], expected [2, 8] for these networks");
    // Two passes take prompts of any length.
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE,
        onPairs("guidance_batched", "false", "steps", "1", "first_phase", "1", "out", "long"));
    picture("gt", 1, TinyRun.picture(25, 1));
    refused(config, onPairs(), "gt/1.png: 25x25, expected 24x24 as ");
    Files.delete(folder.resolve("set/lr_bicubic/1.png"));
    refused(config, onPairs(), "lr_bicubic: no picture 1, which ");
  }
}
