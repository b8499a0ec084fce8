package io.github.tsdsr.infer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.golden.PipelineCase;
import io.github.tsdsr.infer.UpscaleException.Kind;
import io.github.tsdsr.infer.resize.PillowFilter;
import io.github.tsdsr.infer.resize.PillowResize;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.image.Image;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.kernels.cpu.ProductPrecision;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.ByteRounding;
import io.github.tsdsr.pixel.FloatPixels;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.pixel.RowLoop;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OneStepUpscalerTest {
  @TempDir
  private Path folder;

  /** The small model without a least size, so that small pictures stay quick. */
  private static UpscalerOptions options() {
    return UpscalerOptions.defaults().withModel(PipelineCase.model()).withThreads(1)
        .withSettings(s -> s.withProcessSize(0));
  }

  private static Image upscaled(UpscalerOptions options, Image in) {
    try (OneStepUpscaler upscaler = OneStepUpscaler.open(options)) {
      return upscaler.upscale(in);
    }
  }

  @Test
  void aPictureComesOutFourTimesAsWideAndHighOrAsTheSettingsSay() {
    Image in = TestPictures.image(9, 7);
    try (OneStepUpscaler upscaler = OneStepUpscaler.open(options())) {
      Image large = upscaler.upscale(in);
      assertEquals("36x28, 8 bits", large.toString());
      Image third = upscaler.upscale(in, upscaler.settings().withScale(3), Progress.NONE);
      assertEquals("27x21, 8 bits", third.toString());
      assertEquals(large, upscaler.upscale(in));
    }
  }

  @Test
  void aBufferedImageGoesThroughAsAnImageDoes() {
    Image in = TestPictures.image(8, 6);
    try (OneStepUpscaler upscaler = OneStepUpscaler.open(options())) {
      BufferedImage large = upscaler.upscale(in.toBufferedImage());
      assertEquals(upscaler.upscale(in), Image.of(large));
    }
  }

  @Test
  void orientationIsAppliedAlphaEnlargedAndTheProfileCarriedOver() throws IOException {
    byte[] plane = new byte[8 * 6];
    for (int i = 0; i < plane.length; i++) {
      plane[i] = (byte) (i * 5);
    }
    byte[] profile = Files.readAllBytes(GoldenFiles.path("io/images/wide22.icc"));
    Image in = TestPictures.image(8, 6).withAlpha(plane).withIccProfile(Optional.of(profile)).withOrientation(6);
    Image out = upscaled(options(), in);
    assertEquals(24, out.width());
    assertEquals(32, out.height());
    assertEquals(1, out.orientation());
    assertArrayEquals(profile, out.iccProfile().orElseThrow());
    FloatPixels alpha = new BytePixels(6, 8, 1, in.upright().alpha().orElseThrow()).toUnit();
    assertArrayEquals(
        PillowResize.resize(alpha, 24, 32, PillowFilter.BICUBIC, RowLoop.serial()).toBytes(ByteRounding.NEAREST)
            .samples(),
        out.alpha().orElseThrow());
    // The colours are those of the upright picture.
    assertArrayEquals(upscaled(options(), in.upright().withoutAlpha()).rgb(), out.rgb());
  }

  @Test
  void thePublishedRuleKnowsNothingButColours() {
    Image in = TestPictures.image(8, 4);
    Image decorated = in.withAlpha(new byte[32]).withOrientation(8);
    UpscalerOptions published = options().withSettings(s -> s.withProcessSize(0).withPublished(true));
    assertEquals(upscaled(published, in), upscaled(published, decorated));
  }

  @Test
  void samplesOf16BitsComeOutWithAllTheirBitsAndGreyStaysGrey() {
    short[] samples = new short[8 * 8 * 3];
    for (int i = 0; i < 64; i++) {
      short grey = (short) (i * 900);
      samples[3 * i] = grey;
      samples[3 * i + 1] = grey;
      samples[3 * i + 2] = grey;
    }
    Image in = Image.ofRgb16(8, 8, samples);
    Image out = upscaled(options(), in);
    assertEquals("32x32, 16 bits", out.toString());
    short[] rgb = out.rgb16();
    byte[] fromBytes = upscaled(options(), in.rounded()).rgb();
    int between = 0;
    for (int i = 0; i < rgb.length; i += 3) {
      assertTrue(rgb[i] == rgb[i + 1] && rgb[i] == rgb[i + 2], "a tint at pixel " + i / 3);
      between += (rgb[i] & 0xFFFF) % 257 == 0 ? 0 : 1;
      // The inputs differ by up to half a level, which the network may magnify.
      assertEquals((fromBytes[i] & 0xFF) * 257, rgb[i] & 0xFFFF, 3 * 257);
    }
    assertTrue(between > rgb.length / 3 * 0.9, "only " + between + " samples between the levels of 8 bits");
  }

  @Test
  void alphaOf16BitsIsEnlargedWithAllItsBits() {
    float[] plane = new float[8 * 6];
    for (int i = 0; i < plane.length; i++) {
      plane[i] = i / 48f;
    }
    Image in = Image.ofUnit(8, 6, TestPictures.rgb(8, 6).toUnit().samples(), Optional.of(plane), 16);
    FloatPixels large = PillowResize.resize(
        Pictures.alphaUnit(in).orElseThrow(), 32, 24, PillowFilter.BICUBIC, RowLoop.serial());
    short[] found = upscaled(options(), in).alpha16().orElseThrow();
    for (int i = 0; i < found.length; i++) {
      assertEquals(Math.clamp(large.samples()[i], 0f, 1f) * 65535, found[i] & 0xFFFF, 0.51);
    }
  }

  @Test
  void adaptersOfEitherNetworkOrBothChangeTheResult() throws IOException {
    Path lora = PipelineCase.model().resolve("lora");
    Image in = TestPictures.image(8, 6);
    List<Image> results = new ArrayList<>(List.of(upscaled(options(), in), upscaled(options().withLora(lora), in)));
    for (String file : List.of("transformer.safetensors", "vae.safetensors")) {
      Path one = Files.createDirectory(folder.resolve("only " + file));
      Files.copy(lora.resolve(file), one.resolve(file));
      results.add(upscaled(options().withLora(one), in));
    }
    assertEquals(4, Stream.of(results.toArray()).distinct().count());
  }

  @Test
  void aModelStatesItsOwnSettingsAndAdapters() throws IOException {
    Path model = copyOfModel();
    Files.writeString(
        model.resolve("tsdsr.json"), "{\"scale\": 3, \"process_size\": 0, \"tile\": 8, \"lora\": \"lora\"}");
    Image in = TestPictures.image(8, 6);
    UpscalerOptions plain = UpscalerOptions.defaults().withThreads(1).withModel(model);
    Image own = upscaled(plain, in);
    assertEquals("24x18, 8 bits", own.toString());
    UpscalerOptions asSaid = options().withLora(model.resolve("lora"))
        .withSettings(s -> s.withProcessSize(0).withScale(3).withTiling(s.tiling().withLatent(8)));
    assertEquals(upscaled(asSaid, in), own);
    Files.writeString(model.resolve("tsdsr.json"), "{\"tyle\": 8}");
    UpscaleException refused = assertThrows(UpscaleException.class, () -> OneStepUpscaler.open(plain));
    assertEquals(model.resolve("tsdsr.json") + ": key tyle is not known", refused.getMessage());
  }

  @Test
  void theModelsOwnPromptIsThatOfItsFolder() {
    Image in = TestPictures.image(8, 6);
    Path embeddings = PipelineCase.model().resolve("embeddings");
    Image own = upscaled(options(), in);
    assertEquals(own, upscaled(options().withEmbeddings(embeddings.resolve("default")), in));
    assertNotEquals(own, upscaled(options().withEmbeddings(embeddings.resolve("null")), in));
  }

  @Test
  void aSampledLatentDependsOnTheSeedAlone() {
    Image in = TestPictures.image(24, 12);
    try (OneStepUpscaler upscaler = OneStepUpscaler.open(options())) {
      UpscaleSettings mean = upscaler.settings();
      UpscaleSettings first = mean.withSampleSeed(OptionalLong.of(1));
      Image one = upscaler.upscale(in, first, Progress.NONE);
      assertEquals(one, upscaler.upscale(in, first, Progress.NONE));
      assertNotEquals(one, upscaler.upscale(in, mean.withSampleSeed(OptionalLong.of(2)), Progress.NONE));
      assertNotEquals(one, upscaler.upscale(in, mean, Progress.NONE));
    }
  }

  @Test
  void twoUpscalersWorkSideBySideInOneMachine() throws Exception {
    List<Image> inputs = List.of(TestPictures.image(20, 16), TestPictures.image(16, 24));
    List<Image> alone = inputs.stream().map(in -> upscaled(options(), in)).toList();
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      List<Callable<List<Image>>> work = new ArrayList<>();
      for (Image in : inputs) {
        work.add(() -> {
          try (OneStepUpscaler upscaler = OneStepUpscaler.open(options().withThreads(2))) {
            return List.of(upscaler.upscale(in), upscaler.upscale(in), upscaler.upscale(in));
          }
        });
      }
      List<Future<List<Image>>> done = threads.invokeAll(work);
      for (int i = 0; i < inputs.size(); i++) {
        for (Image out : done.get(i).get()) {
          assertEquals(alone.get(i), out);
        }
      }
    }
  }

  @Test
  void anyNumberOfThreadsGivesTheSameBytes() {
    Image in = TestPictures.image(20, 16);
    assertEquals(upscaled(options().withThreads(1), in), upscaled(options().withThreads(3), in));
  }

  @Test
  void bytesInUseAreTheSameAfterTenAndFiftyPictures() {
    Image in = TestPictures.image(6, 4);
    try (OneStepUpscaler upscaler = OneStepUpscaler.open(options())) {
      for (int i = 0; i < 10; i++) {
        upscaler.upscale(in);
      }
      long inUse = upscaler.memory().inUse();
      long held = upscaler.memory().held();
      for (int i = 10; i < 50; i++) {
        upscaler.upscale(in);
      }
      assertEquals(inUse, upscaler.memory().inUse());
      assertEquals(held, upscaler.memory().held());
    }
  }

  @Test
  void aPictureCanBeGivenUpAndTheUpscalerUsedOn() {
    Image in = TestPictures.image(8, 6);
    try (OneStepUpscaler upscaler = OneStepUpscaler.open(options())) {
      Image whole = upscaler.upscale(in);
      long inUse = upscaler.memory().inUse();
      UpscaleException given = assertThrows(
          UpscaleException.class, () -> upscaler.upscale(in, upscaler.settings(), (done, total) -> done < 2));
      assertEquals(Kind.CANCELLED, given.kind());
      assertEquals(inUse, upscaler.memory().inUse());
      Thread.currentThread().interrupt();
      UpscaleException interrupted = assertThrows(UpscaleException.class, () -> upscaler.upscale(in));
      assertEquals(Kind.CANCELLED, interrupted.kind());
      assertTrue(Thread.interrupted());
      assertEquals(whole, upscaler.upscale(in));
    }
  }

  @Test
  void progressCountsUpToWhatItSaidAtFirst() {
    List<String> heard = new ArrayList<>();
    try (OneStepUpscaler upscaler = OneStepUpscaler.open(options())) {
      UpscaleSettings tiled = upscaler.settings().withTiling(new Tiling(8, 2, 0, 0));
      upscaler.upscale(TestPictures.image(24, 16), tiled, (done, total) -> heard.add(done + "/" + total));
    }
    assertEquals(List.of("1/4", "2/4", "3/4", "4/4"), heard);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cuda", "cuda:1", "gpu", ""})
  void aDeviceThatIsNotThereIsRefused(String device) {
    UpscaleException refused =
        assertThrows(UpscaleException.class, () -> OneStepUpscaler.open(options().withDevice(device)));
    assertEquals(Kind.OPTIONS, refused.kind());
    assertTrue(refused.getMessage().startsWith("device " + device + ": "), refused.getMessage());
  }

  @Test
  void whatTheCpuDoesNotComputeInIsRefused() {
    UpscaleException refused =
        assertThrows(UpscaleException.class, () -> OneStepUpscaler.open(options().withPrecision(Precision.F16)));
    assertEquals(Kind.OPTIONS, refused.kind());
    assertEquals("precision f16: the CPU multiplies in f32 or bf16", refused.getMessage());
  }

  @Test
  void productsInBf16ChangeThePictureAlmostInvisiblyOrAreRefused() {
    UpscalerOptions builtIn = UpscalerOptions.defaults().withThreads(1).withSettings(s -> s.withProcessSize(0));
    UpscalerOptions half = builtIn.withPrecision(Precision.BF16);
    if (!VectorBackend.has(ProductPrecision.BF16)) {
      UpscaleException refused = assertThrows(UpscaleException.class, () -> OneStepUpscaler.open(half));
      assertEquals(
          "precision bf16: expected a processor with AVX512_BF16 under Linux, or f32", refused.getMessage());
      return;
    }
    Image in = TestPictures.image(16, 16);
    byte[] expected = upscaled(builtIn, in).rgb();
    byte[] found = upscaled(half, in).rgb();
    int most = 0;
    for (int i = 0; i < expected.length; i++) {
      most = Math.max(most, Math.abs((expected[i] & 0xff) - (found[i] & 0xff)));
    }
    assertTrue(most > 0 && most <= 3, "most is " + most);
  }

  @Test
  void foldersThatHoldNoModelAdaptersOrPromptAreNamed() {
    List<UpscalerOptions> wrong = List.of(
        options().withModel(folder), options().withModel(folder.resolve("absent")), options().withLora(folder),
        options().withLora(folder.resolve("absent")), options().withEmbeddings(folder));
    for (UpscalerOptions options : wrong) {
      UpscaleException refused = assertThrows(UpscaleException.class, () -> OneStepUpscaler.open(options));
      assertEquals(Kind.MODEL, refused.kind());
      assertTrue(refused.getMessage().startsWith(folder.toString()), refused.getMessage());
      assertFalse(refused.getMessage().contains("\n"));
    }
  }

  @Test
  void adaptersOfAnotherModelAreRefused() throws IOException {
    Path lora = PipelineCase.model().resolve("lora");
    Files.copy(lora.resolve("vae.safetensors"), folder.resolve("transformer.safetensors"));
    UpscaleException refused =
        assertThrows(UpscaleException.class, () -> OneStepUpscaler.open(options().withLora(folder)));
    assertEquals(Kind.MODEL, refused.kind());
    assertTrue(refused.getMessage().contains("fits no module"), refused.getMessage());
  }

  @Test
  void aResultThatIsNotFiniteIsAnErrorThatNamesTheTensor() throws IOException {
    Path model = copyOfModel();
    String name = "decoder.up_blocks.1.resnets.0.conv1.weight";
    spoil(model.resolve("vae/diffusion_pytorch_model.safetensors"), name);
    try (OneStepUpscaler upscaler = OneStepUpscaler.open(options().withModel(model))) {
      long inUse = upscaler.memory().inUse();
      UpscaleException failed =
          assertThrows(UpscaleException.class, () -> upscaler.upscale(TestPictures.image(6, 4)));
      assertEquals(Kind.NON_FINITE, failed.kind());
      assertEquals("the model's tensor vae " + name + " holds NaN", failed.getMessage());
      assertEquals(inUse, upscaler.memory().inUse());
    }
  }

  @Test
  void aClosedUpscalerSaysSo() {
    OneStepUpscaler upscaler = OneStepUpscaler.open(options());
    upscaler.close();
    upscaler.close();
    assertThrows(IllegalStateException.class, () -> upscaler.upscale(TestPictures.image(6, 4)));
  }

  private Path copyOfModel() throws IOException {
    Path to = folder.resolve("model");
    try (Stream<Path> files = Files.walk(PipelineCase.model())) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(PipelineCase.model().relativize(file).toString()));
      }
    }
    return to;
  }

  /** Makes one weight of a tensor a NaN. */
  private static void spoil(Path file, String tensor) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    byte[] value;
    try (SafetensorsFile weights = SafetensorsFile.open(file)) {
      value = GoldenFiles.bits(weights.find(tensor).orElseThrow());
    }
    for (int at = 8; at < bytes.length - value.length; at++) {
      if (bytes[at] == value[0]
          && Arrays.equals(bytes, at, at + value.length, value, 0, value.length)) {
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(at, Float.NaN);
        Files.write(file, bytes);
        return;
      }
    }
    throw new IllegalStateException("no such bytes");
  }
}
