package io.github.tsdsr.consumer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.infer.OneStepModel;
import io.github.tsdsr.infer.PictureUpscaler;
import io.github.tsdsr.infer.Progress;
import io.github.tsdsr.infer.Tiling;
import io.github.tsdsr.infer.UpscaleSettings;
import io.github.tsdsr.infer.colour.ColourAlignment;
import io.github.tsdsr.infer.size.OutputSize;
import io.github.tsdsr.io.image.ImageFormat;
import io.github.tsdsr.io.image.Images;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.pixel.Pictures;
import io.github.tsdsr.pixel.RowLoop;
import io.github.tsdsr.sd3.InitialWeights;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.MmDitConfig;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.sd3.VaeConfig;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.op.Fill;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a program gets that has the library, and nothing else, among its dependencies. */
class EmbeddingTest {
  private static final Set<String> EXPECTED = Set.of(
      "jackson-annotations", "jackson-core", "jackson-databind", "imageio-core", "imageio-metadata", "imageio-tiff",
      "imageio-webp", "common-image", "common-io", "common-lang");
  private static final String OWN = "tsdsr";
  private static final List<String> OF_TESTS = List.of("junit", "surefire", "opentest4j", "apiguardian", "jspecify");

  @TempDir
  private Path folder;

  @Test
  void aHandfulOfJarsComesWithTheLibrary() {
    Set<String> jars = new TreeSet<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      String name = Path.of(entry).getFileName().toString();
      if (name.endsWith(".jar") && !name.startsWith(OWN) && OF_TESTS.stream().noneMatch(name::startsWith)) {
        jars.add(name.replaceFirst("-[0-9].*", ""));
      }
    }
    assertEquals(new TreeSet<>(EXPECTED), jars);
  }

  @ParameterizedTest
  @ValueSource(strings = {"picocli.CommandLine", "org.yaml.snakeyaml.Yaml", "jcuda.driver.JCudaDriver"})
  void whatIsOptionalStaysAway(String type) {
    assertThrows(ClassNotFoundException.class, () -> Class.forName(type));
  }

  @Test
  void aPictureGoesInAndOneFourTimesAsLargeComesOut() throws IOException {
    BytePixels photo = gradient(24, 16);
    Path in = folder.resolve("in.png");
    Path out = folder.resolve("out.png");
    Images.write(Pictures.image(photo), in, ImageFormat.PNG);
    try (Backend backend = new VectorBackend(); Scope scope = Scope.on(backend)) {
      PictureUpscaler upscaler = new PictureUpscaler(backend, model(scope), DType.F32, RowLoop.serial());
      UpscaleSettings settings = new UpscaleSettings(
          new OutputSize.Scale(4), 0, ColourAlignment.ADAIN, new Tiling(16, 4, 128, 32), false);
      BytePixels large = upscaler.upscale(Pictures.readRgb(in), settings, Progress.NONE);
      Images.write(Pictures.image(large), out, ImageFormat.PNG);
    }
    BytePixels large = Pictures.readRgb(out);
    assertEquals(96, large.width());
    assertEquals(64, large.height());
    // Networks with random weights add detail of no meaning; the colours are the photo's all the same.
    for (int channel = 0; channel < 3; channel++) {
      assertEquals(mean(photo, channel), mean(large, channel), 1.5);
    }
  }

  private static OneStepModel model(Scope scope) {
    VaeConfig vae = new VaeConfig(3, 3, 4, List.of(8, 8), 1, 4, false, 1, 0);
    MmDitConfig transformer = new MmDitConfig(2, 4, 4, 1, 2, 8, 16, 16, 16, 16, Set.of(), false);
    Tensor prompt = scope.empty(DType.F32, 1, 3, 16);
    Tensor pooled = scope.empty(DType.F32, 1, 16);
    scope.backend().run(new Fill(prompt, 0.5));
    scope.backend().run(new Fill(pooled, 0.5));
    return new OneStepModel(scope, new Vae(vae, weights(scope, InitialWeights.of(vae, 1))), Adapters.NONE,
        new MmDit(transformer, weights(scope, InitialWeights.of(transformer, 2))), Adapters.NONE, prompt, pooled);
  }

  private static Weights weights(Scope scope, InitialWeights initial) {
    Map<String, Tensor> tensors = new HashMap<>();
    initial.shapes().keySet().forEach(name -> tensors.put(name, initial.make(scope, name)));
    return Weights.of("new weights", tensors);
  }

  private static BytePixels gradient(int width, int height) {
    byte[] samples = new byte[width * height * 3];
    for (int i = 0; i < width * height; i++) {
      samples[3 * i] = (byte) (40 + 6 * (i % width));
      samples[3 * i + 1] = (byte) (60 + 8 * (i / width));
      samples[3 * i + 2] = (byte) 128;
    }
    return new BytePixels(width, height, 3, samples);
  }

  private static double mean(BytePixels picture, int channel) {
    long sum = 0;
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        sum += picture.at(x, y, channel);
      }
    }
    return (double) sum / (picture.width() * picture.height());
  }
}
