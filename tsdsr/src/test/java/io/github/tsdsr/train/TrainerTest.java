package io.github.tsdsr.train;

import static io.github.tsdsr.train.SameBytes.assertSame;
import static io.github.tsdsr.train.TinyRun.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.io.FormatException;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.train.run.Checkpoint;
import io.github.tsdsr.train.run.RunFolder;
import io.github.tsdsr.train.run.TrainingLog;
import io.github.tsdsr.train.step.TrainingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrainerTest {
  @TempDir
  private Path folder;

  private List<TrainingLog.Entry> log(String run) throws IOException {
    return TrainingLog.read(folder.resolve(run).resolve("log.jsonl"));
  }

  @Test
  void anAutoencodersLossFallsAndAStudentsDoesOnIt() throws Exception {
    Path vae = TinyRun.vae(folder);
    TinyRun.train(vae, RunOptions.whole(), TrainingListener.NONE, with("out", "vae-run", "steps", "60", "batch", "2"));
    List<TrainingLog.Entry> first = log("vae-run");
    assertEquals(60, first.size());
    assertTrue(Learning.mean(first, 45, 60, "l1") < 0.8 * Learning.mean(first, 0, 15, "l1"), first.toString());

    Path student = TinyRun.student(folder.resolve("student"));
    Map<String, String> changes = with("vae", folder.resolve("vae-run/model/vae").toString(), "steps", "80",
        "rate", "0.01");
    Learning.assertLosesLess(student, changes, List.of("rate"), 40, 80, 0.995, "image", "latent");
  }

  @Test
  void theWholeDegradationIsChosenByItsKindAndItsBytesDoNotDependOnLoaders() throws Exception {
    Path config = TinyRun.student(folder);
    Map<String, String> changes = with("degradation.kind", "realesrgan", "degradation.jpeg_range", "[50, 90]",
        "steps", "4");
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, changes);
    Map<String, byte[]> one = TinyRun.results(folder.resolve("run"));
    for (String loaders : List.of("2", "5")) {
      changes.putAll(with("loaders", loaders, "out", "run" + loaders));
      TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, changes);
      assertArrayEquals(one.get("log.jsonl"), Files.readAllBytes(folder.resolve("run" + loaders + "/log.jsonl")));
    }
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, with("steps", "4", "out", "simple"));
    assertFalse(Arrays.equals(one.get("log.jsonl"), Files.readAllBytes(folder.resolve("simple/log.jsonl"))));
    assertEquals("key degradation: a chance of 2.0 (second blur): expected 0 to 1",
        assertThrows(FormatException.class, () -> TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE,
            with("degradation.kind", "realesrgan", "degradation.second_blur_prob", "2"))).getMessage()
                .replaceFirst(".*yaml: ", ""));
  }

  @Test
  void neitherThreadsNorLoadersNorAnEndBeforeTheEndChangeAByte() throws Exception {
    Path config = TinyRun.student(folder);
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, Map.of());
    Map<String, byte[]> whole = TinyRun.results(folder.resolve("run"));

    Map<String, String> other = with("out", "parts", "loaders", "3");
    assertEquals(7, TinyRun.train(config, new RunOptions(false, 7), TrainingListener.NONE, other, 2));
    byte[] part = Files.readAllBytes(folder.resolve("parts/log.jsonl"));
    assertArrayEquals(Arrays.copyOf(whole.get("log.jsonl"), part.length), part);
    // As a killed process leaves it: a line that no checkpoint knows, one cut off, and a file half-written.
    Files.writeString(folder.resolve("parts/log.jsonl"),
        new String(part) + "{\"step\":7,\"image\":9}\n{\"step\":8,\"im");
    Files.write(folder.resolve("parts/.checkpoint-00000010.safetensors.8f14e45f-ceea-467f-ab12-000000000001.tmp"),
        new byte[9]);
    assertEquals(12, TinyRun.train(config, RunOptions.resumed(), TrainingListener.NONE, other, 1));
    assertSame(whole, TinyRun.results(folder.resolve("parts")));

    // Of a run that has come to its end only the model may lack.
    Files.delete(folder.resolve("parts/model/vae/diffusion_pytorch_model.safetensors"));
    TinyRun.train(config, RunOptions.resumed(), TrainingListener.NONE, other);
    assertSame(whole, TinyRun.results(folder.resolve("parts")));
  }

  @Test
  void aRequestToStopSavesWhatIsDone() throws Exception {
    Path config = TinyRun.vae(folder);
    TrainingListener impatient = new TrainingListener() {
      private long done;

      @Override
      public void stepped(long steps, Map<String, Double> values) {
        done = steps;
      }

      @Override
      public boolean stopRequested() {
        return done == 3;
      }
    };
    assertEquals(3, TinyRun.train(config, RunOptions.whole(), impatient, Map.of()));
    assertTrue(Files.exists(folder.resolve("run/checkpoint-00000003.safetensors")));
    assertEquals(3, log("run").size());
  }

  @Test
  void theLastCheckpointsStayAndOlderOnesGo() throws Exception {
    TinyRun.train(
        TinyRun.vae(folder), RunOptions.whole(), TrainingListener.NONE, with("checkpoint_every", "2", "keep", "3"));
    try (var files = Files.list(folder.resolve("run"))) {
      assertEquals(
          List.of("checkpoint-00000008.safetensors", "checkpoint-00000010.safetensors",
              "checkpoint-00000012.safetensors"),
          files.map(f -> f.getFileName().toString()).filter(n -> n.startsWith("checkpoint")).sorted().toList());
    }
  }

  @Test
  void bytesInUseAreTheSameAfterTenStepsAndAfterFifty() throws Exception {
    for (Path config : List.of(TinyRun.vae(folder), TinyRun.student(folder.resolve("s")))) {
      Map<Long, Long> inUse = new HashMap<>();
      try (Backend backend = new VectorBackend(1, Long.MAX_VALUE)) {
        TrainingListener listener = new TrainingListener() {
          @Override
          public void stepped(long done, Map<String, Double> values) {
            inUse.put(done, backend.memory().inUse());
          }
        };
        TinyRun.train(backend, config, RunOptions.whole(), listener, with("steps", "50"));
        assertEquals(0, backend.memory().inUse());
      }
      assertEquals(inUse.get(10L), inUse.get(50L));
      assertTrue(inUse.get(10L) > 0);
    }
  }

  @Test
  void validationMeasuresTheModelAndFillsTheReport() throws Exception {
    Path config = TinyRun.student(folder);
    TinyRun.photos(folder.resolve("validation"), 1, 512);
    List<Map<String, Double>> heard = new ArrayList<>();
    TrainingListener listener = new TrainingListener() {
      @Override
      public void validated(long done, Map<String, Double> measures) {
        heard.add(measures);
      }
    };
    TinyRun.train(config, RunOptions.whole(), listener, with("steps", "2", "validation", "validation",
        "validate_every", "2"));
    assertEquals(List.of("niqe", "psnr_y", "psnr_y_gain", "psnr_y_worst_gain", "ssim_gain"),
        heard.getFirst().keySet().stream().sorted().toList());
    assertEquals(heard.getFirst().get("psnr_y"), log("run").get(1).values().get("psnr_y"));
    assertTrue(Files.exists(folder.resolve("run/strips/strips.json")));
    String page = Files.readString(folder.resolve("run/report.html"));
    assertEquals(4, page.split("<img ", -1).length - 1);
    assertTrue(page.contains("src=\"data:image/png;base64,") && page.contains("src=\"data:image/jpeg;base64,"), page);
    // Nothing is fetched from elsewhere; the name of SVG's namespace is no address.
    assertFalse(page.replace("http://www.w3.org/2000/svg", "").matches("(?s).*(https?:|src=\"[^d]|href=).*"), page);
    for (String expected : List.of("PSNR gain", "Image loss", "Latent loss", "Learning rate", "bicubic", "crop: 16")) {
      assertTrue(page.contains(expected.replace(": ", "</td><td>")), expected);
    }
  }

  private String refusal(Path config, RunOptions options, Map<String, String> changes) {
    return assertThrows(FormatException.class,
        () -> TinyRun.train(config, options, TrainingListener.NONE, changes)).getMessage()
            .replace(folder + "/", "");
  }

  @Test
  void aCheckpointGoesOnOnlyUnderWhatItsNumbersDependOn() throws Exception {
    Path config = TinyRun.vae(folder);
    TinyRun.train(config, new RunOptions(false, 2), TrainingListener.NONE, Map.of());
    String file = "run/checkpoint-00000002.safetensors: cannot go on with another configuration: ";
    assertEquals(file + "key rate was 0.002 then, is 0.001 now",
        refusal(config, RunOptions.resumed(), with("rate", "0.001")));
    assertEquals(file + "key steps was 12 then, is 20 now",
        refusal(config, RunOptions.resumed(), with("steps", "20")));
    assertEquals(file + "key ema was not given then, is 0.9 now",
        refusal(config, RunOptions.resumed(), with("ema", "0.9")));
    assertEquals(file + "key vae.block_out_channels was [12,12] then, is [24,12] now",
        refusal(config, RunOptions.resumed(), with("vae.block_out_channels", "[24, 12]")));
    assertEquals("run: holds a run of 2 steps already: go on with --resume, or name another folder",
        refusal(config, RunOptions.whole(), Map.of()));

    TinyRun.photos(folder.resolve("elsewhere"), 3, 48);
    Files.copy(folder.resolve("elsewhere/photo0.png"), folder.resolve("elsewhere/zphoto.png"));
    String photos = refusal(config, RunOptions.resumed(), with("photos", "elsewhere"));
    assertTrue(photos.matches(file + "the photos differ: 3 of 3 files, \\w{8} then, 4 of 4 files, \\w{8} now"), photos);
    Files.delete(folder.resolve("elsewhere/zphoto.png"));
    assertEquals(12, TinyRun.train(config, RunOptions.resumed(), TrainingListener.NONE,
        with("photos", "elsewhere", "loaders", "2", "keep", "1", "checkpoint_every", "4")));
  }

  private static void cutShort(Path file) throws IOException {
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 1000));
  }

  @Test
  void aRunWithADamagedCheckpointGoesOnFromTheOneBeforeToTheSameBytes() throws Exception {
    Path config = TinyRun.vae(folder);
    TinyRun.train(config, RunOptions.whole(), TrainingListener.NONE, with("out", "whole"));
    TinyRun.train(config, new RunOptions(false, 6), TrainingListener.NONE, Map.of());
    cutShort(folder.resolve("run/checkpoint-00000006.safetensors"));
    List<String> warnings = new ArrayList<>();
    List<Long> done = new ArrayList<>();
    TrainingListener listener = new TrainingListener() {
      @Override
      public void warning(String line) {
        warnings.add(line.replace(folder + "/", ""));
      }

      @Override
      public void stepped(long steps, Map<String, Double> values) {
        done.add(steps);
      }
    };
    assertEquals(12, TinyRun.train(config, RunOptions.resumed(), listener, Map.of()));
    assertEquals(1, warnings.size());
    assertTrue(warnings.getFirst().startsWith("run/checkpoint-00000006.safetensors: damaged, renamed to "
        + "checkpoint-00000006.safetensors.damaged; goes on from step 5: a header of "), warnings.getFirst());
    assertEquals(6, done.getFirst());
    Files.delete(folder.resolve("run/checkpoint-00000006.safetensors.damaged"));
    assertSame(TinyRun.results(folder.resolve("whole")), TinyRun.results(folder.resolve("run")));
  }

  @Test
  void aRunWithoutAWholeCheckpointSaysWhatDeletingThemCosts() throws Exception {
    Path config = TinyRun.vae(folder);
    TinyRun.train(config, new RunOptions(false, 6), TrainingListener.NONE, Map.of());
    List<Path> checkpoints = List.of(folder.resolve("run/checkpoint-00000006.safetensors"),
        folder.resolve("run/checkpoint-00000005.safetensors"));
    for (Path checkpoint : checkpoints) {
      cutShort(checkpoint);
    }
    String said = refusal(config, RunOptions.resumed(), Map.of());
    assertTrue(said.startsWith("run/checkpoint-00000006.safetensors: deleting all 2 checkpoints begins the run anew; "
        + "none is whole: a header of "), said);
    for (Path checkpoint : checkpoints) {
      Files.delete(checkpoint);
    }
    assertEquals(2, TinyRun.train(config, new RunOptions(true, 2), TrainingListener.NONE, Map.of()));
  }

  @Test
  void onlyWhatARunLeftHalfWrittenIsRemoved() throws Exception {
    String temporary = ".a.png.8f14e45f-ceea-467f-ab12-000000000001.tmp";
    List<String> gone = List.of(temporary, "strips/" + temporary, "model/vae/" + temporary);
    List<String> staying = List.of(".mine.tmp", "photos/" + temporary, "validation/" + temporary, "strips/.1.tmp");
    for (String name : Stream.concat(gone.stream(), staying.stream()).toList()) {
      Files.createDirectories(folder.resolve(name).getParent());
      Files.createFile(folder.resolve(name));
    }
    try (RunFolder _ = RunFolder.take(folder)) {
      gone.forEach(name -> assertFalse(Files.exists(folder.resolve(name)), name));
      staying.forEach(name -> assertTrue(Files.exists(folder.resolve(name)), name));
    }
  }

  @Test
  void aModelThatNoRunHasLeftIsNotReplaced() throws Exception {
    Path config = TinyRun.vae(folder);
    Path mine = Files.createDirectories(folder.resolve("run/model/vae")).resolve("config.json");
    Files.writeString(mine, "mine");
    for (RunOptions options : List.of(RunOptions.whole(), RunOptions.resumed())) {
      assertEquals(
          "run: holds a model but neither a checkpoint nor a log: the run would replace it; name another folder",
          refusal(config, options, Map.of()));
    }
    assertEquals("mine", Files.readString(mine));
  }

  @Test
  void whatIsWrongInAConfigurationIsNamedWithItsLine() throws Exception {
    Path config = TinyRun.vae(folder);
    assertEquals("vae.yaml, --set: key crop: expected a multiple of 2, by which the autoencoder shrinks, got 15",
        refusal(config, RunOptions.whole(), with("crop", "15")));
    Files.writeString(config, Files.readString(config).replace("warmup: 2", "warm_up: 2"));
    assertEquals("vae.yaml, line 8: key warm_up is not known", refusal(config, RunOptions.whole(), Map.of()));
    Files.writeString(config, Files.readString(config).replace("warm_up: 2", "warmup: -1"));
    assertEquals("vae.yaml, line 8: key warmup: expected at least 0, got -1",
        refusal(config, RunOptions.whole(), Map.of()));
    assertEquals("vae.yaml, --set: key mode: expected vae, student, teacher or distill, got \"gan\"",
        refusal(config, RunOptions.whole(), with("mode", "gan", "warmup", "2")));
    assertFalse(Files.exists(folder.resolve("run")));
  }

  @Test
  void photosThatAreMissingTooSmallOrDamagedAreSpokenOf() throws Exception {
    Path config = TinyRun.vae(folder);
    assertEquals("nowhere: no such folder; expected one with photos",
        refusal(config, RunOptions.whole(), with("photos", "nowhere")));
    Files.createDirectories(folder.resolve("empty"));
    assertEquals("empty: no photos in this folder: expected bmp, dib, gif, jfif, jpe, jpeg, jpg, png, tif, tiff, webp",
        refusal(config, RunOptions.whole(), with("photos", "empty")));
    assertEquals("photos: none of the 3 photos is at least 64x64",
        refusal(config, RunOptions.whole(), with("crop", "64")));

    TinyRun.photos(folder.resolve("photos/more"), 1, 12);
    Files.move(folder.resolve("photos/more/photo0.png"), folder.resolve("photos/small.png"));
    Files.writeString(folder.resolve("photos/text.jpg"), "no picture");
    List<String> notes = new ArrayList<>();
    TrainingListener listener = new TrainingListener() {
      @Override
      public void note(String line) {
        notes.add(line.replace(folder + "/", ""));
      }
    };
    TinyRun.train(config, new RunOptions(false, 1), listener, Map.of());
    assertTrue(notes.get(0).startsWith("left out: photos/text.jpg: "), notes.toString());
    assertEquals("left out: 1 of 5 photos, smaller than 16x16", notes.get(1));
  }

  @Test
  void aFolderInWhichAnotherRunIsWorkingIsRefused() throws Exception {
    Path config = TinyRun.vae(folder);
    try (RunFolder _ = RunFolder.take(folder.resolve("run"))) {
      assertEquals("run: another process trains in this folder", refusal(config, RunOptions.resumed(), Map.of()));
    }
    Files.writeString(folder.resolve("file"), "");
    assertEquals("file: expected a folder to write the run into, or a name for a new one",
        refusal(config, RunOptions.whole(), with("out", "file")));
  }

  @Test
  void aStepThatIsNotFiniteNamesTheTensorAndLeavesTheLastCheckpoint() throws Exception {
    Path config = TinyRun.vae(folder);
    TrainingException e = assertThrows(TrainingException.class, () -> TinyRun.train(
        config, RunOptions.whole(), TrainingListener.NONE, with("rate", "1e30", "checkpoint_every", "1")));
    assertTrue(e.getMessage().matches("step \\d+: the gradient of [a-z_.0-9]+ is not finite; a lower rate may help"),
        e.getMessage());
    assertTrue(Checkpoint.latest(folder.resolve("run")).isPresent());
  }
}
