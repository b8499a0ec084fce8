package io.github.tsdsr.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.data.pairs.PairFolder;
import io.github.tsdsr.golden.PipelineCase;
import io.github.tsdsr.infer.TestPictures;
import io.github.tsdsr.io.image.ImageFormat;
import io.github.tsdsr.io.image.Images;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.model.ModelFolder;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrepareCommandTest {
  @TempDir
  private Path folder;
  private Path photos;

  static CommandRun prepare(Object... arguments) {
    return CommandRun.of(Stream.concat(Stream.of("prepare"), Stream.of(arguments)));
  }

  @BeforeEach
  void photos() throws IOException {
    photos = Files.createDirectory(folder.resolve("photos"));
    Images.write(TestPictures.image(140, 70), photos.resolve("a.png"), ImageFormat.PNG);
    Images.write(TestPictures.image(64, 64), photos.resolve("b.jpg"), ImageFormat.JPEG);
  }

  /** All files of a set but its lock, by name. */
  static Map<String, byte[]> files(Path set) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(set)) {
      for (Path file : all.filter(Files::isRegularFile).filter(f -> !f.endsWith(".lock")).toList()) {
        files.put(set.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
      }
    }
    return files;
  }

  static void assertSame(Map<String, byte[]> want, Map<String, byte[]> got) {
    assertEquals(want.keySet(), got.keySet());
    want.forEach((name, bytes) -> assertArrayEquals(bytes, got.get(name), name));
  }

  @Test
  void theSetCanBeReadAndIsTheSameForAnyNumberOfThreads() throws IOException {
    Path one = folder.resolve("one");
    CommandRun run = prepare(photos, "-o", one, "--crop", 64, "--seed", 2, "--threads", 1);
    assertEquals(0, run.code(), run.err().toString());
    assertEquals(List.of(one + ": 3 pairs, 3 of them new"), run.out());
    for (int threads : new int[] {2, 5}) {
      Path several = folder.resolve("several" + threads);
      assertEquals(0, prepare(photos, "-o", several, "--crop", 64, "--seed", 2, "--threads", threads).code());
      assertSame(files(one), files(several));
    }
    PairFolder set = PairFolder.open(one);
    assertEquals("3 pairs of 64x64", set.size() + " pairs of " + set.width() + "x" + set.height());
    assertTrue(TestPictures.rgb(140, 70).crop(64, 0, 64, 64).sameAs(set.read(1).clean()));
    assertEquals(List.of(one + ": 3 pairs, 0 of them new"),
        prepare(photos, "-o", one, "--crop", 64, "--seed", 2).out());
    Path drawn = folder.resolve("drawn");
    assertEquals(0, prepare(photos, "-o", drawn, "--crop", 64, "--count", 4, "--set", "kind=simple").code());
    assertEquals(4, PairFolder.open(drawn).size());
  }

  @Test
  void aModelsAutoencoderMakesTheLatents() throws IOException {
    Path set = folder.resolve("set");
    Object[] command = {photos, "-o", set, "--crop", 64, "--model", PipelineCase.model(), "--json"};
    CommandRun run = prepare(command);
    assertEquals(0, run.code(), run.err().toString());
    JsonNode told = new ObjectMapper().readTree(run.out().getFirst());
    assertEquals(3, told.get("pairs").asInt());
    assertEquals(3, told.get("new_latents").asInt());
    PairFolder pairs = PairFolder.open(set);
    PairFolder.Cached latent = pairs.cached(PairFolder.Cache.LATENTS, 1);
    // Channels first, as the authors' program caches them.
    assertArrayEquals(expectedLatent(pairs.read(1).clean().toUnit().samples(), 64, latent.shape()), latent.values(),
        1e-6f);
    Map<String, byte[]> whole = files(set);
    Files.delete(set.resolve("latent_hr/a_0_0.pt"));
    assertEquals(1, new ObjectMapper().readTree(prepare(command).out().getFirst()).get("new_latents").asInt());
    assertSame(whole, files(set));
  }

  private static float[] expectedLatent(float[] unit, int side, long[] shape) throws IOException {
    try (Backend backend = new VectorBackend(1, Long.MAX_VALUE);
        ModelFolder model = ModelFolder.open(PipelineCase.model());
        Scope scope = Scope.on(backend);
        Tape tape = Tape.inference(scope)) {
      for (int i = 0; i < unit.length; i++) {
        unit[i] = 2 * unit[i] - 1;
      }
      Vae vae = new Vae(model.vaeConfig(), model.vae());
      Tensor mean = vae.mean(tape, vae.moments(
          tape, tape.leaf(Values.tensor(scope, DType.F32, unit, 1, side, side, 3)), Adapters.NONE)).value();
      float[] channelsLast = Values.floats(backend, mean);
      int channels = (int) shape[0];
      int pixels = (int) (shape[1] * shape[2]);
      assertEquals(channelsLast.length, channels * pixels);
      float[] out = new float[channelsLast.length];
      for (int i = 0; i < out.length; i++) {
        out[i % channels * pixels + i / channels] =
            (float) (channelsLast[i] * model.vaeConfig().scalingFactor());
      }
      return out;
    }
  }

  @Test
  void aBadPhotoIsNamedAndTheOthersAreDone() throws IOException {
    Path bad = Files.writeString(photos.resolve("bad.png"), "no picture");
    Images.write(TestPictures.image(80, 40), photos.resolve("small.png"), ImageFormat.PNG);
    Path set = folder.resolve("set");
    CommandRun run = prepare(photos, "-o", set, "--crop", 64, "--threads", 1);
    assertEquals(1, run.code());
    assertEquals(List.of(set + ": 3 pairs, 3 of them new"), run.out());
    assertEquals(2, run.err().size(), run.err().toString());
    assertTrue(run.err().getFirst().startsWith("tsdsr: " + bad + ": "), run.err().getFirst());
    assertEquals("left out: " + photos.resolve("small.png") + ": 80x40, smaller than 64x64", run.err().getLast());
    assertEquals(1, prepare(photos, "-o", set, "--crop", 64, "--quiet").err().size());
  }

  @Test
  void wrongUsageIsOneLineAndNothingIsDone() throws IOException {
    Path set = folder.resolve("set");
    assertUsage("--output", photos);
    assertUsage("crops of 62: expected a multiple of 4", photos, "-o", set, "--crop", 62);
    assertUsage("0 crops: expected at least 1", photos, "-o", set, "--count", 0);
    assertUsage("mutually exclusive", photos, "-o", set, "--count", 1, "--per-photo", 1);
    assertUsage("--threads 0: expected at least 1", photos, "-o", set, "--threads", 0);
    assertUsage(folder.resolve("absent") + ": no such folder", folder.resolve("absent"), "-o", set);
    assertUsage("no photo here is at least 512x512", photos, "-o", set, "--quiet");
    assertUsage("key jpeg is not known", photos, "-o", set, "--set", "jpeg=3");
    Files.createDirectory(folder.resolve("empty"));
    assertUsage("no photos in this folder", folder.resolve("empty"), "-o", set);
    assertEquals(0, prepare(photos, "-o", folder.resolve("two"), "--crop", 64, "--quiet").code());
    assertUsage("was begun with seed 0, now 1: name another folder", photos, "-o", folder.resolve("two"), "--crop", 64,
        "--seed", 1);
    assertUsage("neither a model nor an autoencoder", photos, "-o", folder.resolve("two"), "--crop", 64, "--model",
        folder);
    assertFalse(Files.exists(set.resolve("gt/a_0_0.png")));
  }

  private static void assertUsage(String expected, Object... arguments) {
    CommandRun run = prepare(arguments);
    assertEquals(2, run.code(), run.toString());
    assertEquals(1, run.err().size(), run.err().toString());
    assertTrue(run.err().getFirst().startsWith("tsdsr: "), run.err().getFirst());
    assertTrue(run.err().getFirst().contains(expected), run.err().getFirst());
    assertEquals(List.of(), run.out());
  }
}
