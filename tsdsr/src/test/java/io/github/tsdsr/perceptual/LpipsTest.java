package io.github.tsdsr.perceptual;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.autograd.Grads;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.io.GoldenWeights;
import io.github.tsdsr.io.safetensors.SafetensorsWriter;
import io.github.tsdsr.kernels.cpu.VectorBackend;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.WeightsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LpipsTest {
  private static final GoldenWeights.Manifest ALEX =
      GoldenWeights.Manifest.read("metrics/manifests/lpips_alex.json");
  private final Backend backend = new VectorBackend();
  private final Scope scope = Scope.on(backend);

  @TempDir
  private Path folder;

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  private Tensor noise(int seed, long n, int side) {
    double[] u = GoldenWeights.uniforms("noise " + seed, (int) n * side * side * 3);
    return Values.tensor(scope, DType.F32, u, n, side, side, 3);
  }

  private Path file(String name, Predicate<String> which) {
    Path file = folder.resolve(name);
    ALEX.only(t -> which.test(t.name())).write(file);
    return file;
  }

  private double distance(Lpips lpips, Tensor a, Tensor b) {
    Tape tape = Tape.inference(scope);
    return Values.scalar(backend, lpips.apply(tape, tape.leaf(a), tape.leaf(b)).value());
  }

  @Test
  void oneFileOrTwoGiveTheSameWeightsAndTheNetworkIsSeenByItsFirstKernel() throws IOException {
    Path all = file("all.safetensors", _ -> true);
    Path features = file("features.safetensors", n -> n.startsWith("features"));
    Path lins = file("lins.safetensors", n -> n.startsWith("lin"));
    Tensor a = noise(1, 1, 40);
    Tensor b = noise(2, 1, 40);
    double want = distance(new Lpips(FeatureNetwork.ALEXNET, ALEX.load(scope)), a, b);
    assertTrue(want > 0.01, "the pictures are apart: " + want);
    for (List<Path> paths : List.of(List.of(all), List.of(features, lins), List.of(lins, features))) {
      try (LpipsFiles files = LpipsFiles.open(paths)) {
        assertEquals(FeatureNetwork.ALEXNET, files.network());
        assertEquals(want, distance(new Lpips(files.network(), files), a, b), paths.toString());
      }
    }
  }

  @Test
  void filesThatDoNotBelongTogetherAreRefusedInOneLine() throws IOException {
    Path features = file("features.safetensors", n -> n.startsWith("features"));
    Path lins = file("lins.safetensors", n -> n.startsWith("lin"));
    try (LpipsFiles files = LpipsFiles.open(List.of(features))) {
      assertEquals(features + ": no tensor lin0.model.1.weight",
          assertThrows(WeightsException.class, () -> new Lpips(files.network(), files)).getMessage());
    }
    try (LpipsFiles files = LpipsFiles.open(List.of(lins))) {
      assertEquals(lins + ": no tensor features.0.weight; expected torchvision's alexnet or vgg16",
          assertThrows(WeightsException.class, files::network).getMessage());
    }
    Path other = folder.resolve("other.safetensors");
    Map<String, Tensor> wrong = Map.of("features.0.weight", scope.zeros(DType.F32, 64, 3, 7, 7));
    SafetensorsWriter.write(other, backend, wrong, Map.of());
    try (LpipsFiles files = LpipsFiles.open(List.of(other, lins))) {
      assertEquals(
          other + ", " + lins + ": tensor features.0.weight has shape 64x3x7x7, expected that of torchvision's"
              + " alexnet, 64x3x11x11, or vgg16, 64x3x3x3",
          assertThrows(WeightsException.class, files::network).getMessage());
    }
  }

  @Test
  void equalPicturesAreAtDistanceZeroAndWhereNothingFiresTheGradientIsZero() {
    // Kernels of zero and biases below zero: no feature of any stage is above 0.
    Weights dead = ALEX.load(scope);
    Weights weights = new Weights() {
      @Override
      public Tensor get(String name, long... shape) {
        return name.startsWith("features")
            ? scope.full(name.endsWith("bias") ? -1 : 0, DType.F32, shape)
            : dead.get(name, shape);
      }

      @Override
      public Optional<Tensor> find(String name) {
        return dead.find(name);
      }
    };
    Tensor a = noise(1, 2, 31);
    Tensor b = noise(2, 2, 31);
    assertEquals(0, distance(new Lpips(FeatureNetwork.ALEXNET, dead), a, a));
    Lpips lpips = new Lpips(FeatureNetwork.ALEXNET, weights);
    try (Tape tape = new Tape(scope, Set.of(a, b))) {
      Var d = lpips.apply(tape, tape.leaf(a), tape.leaf(b));
      assertEquals(0, Values.scalar(backend, d.value()));
      try (Grads grads = tape.backward(Map.of(d, scope.full(1, DType.F32, d.shape())))) {
        for (Tensor x : List.of(a, b)) {
          for (double g : Values.doubles(backend, grads.of(x).orElseThrow())) {
            assertEquals(0, Math.abs(g));
          }
        }
      }
    }
  }

  @Test
  void theDistanceIsSymmetricWithItsGradients() {
    Lpips lpips = new Lpips(FeatureNetwork.ALEXNET, ALEX.load(scope));
    Tensor a = noise(1, 1, 33);
    Tensor b = noise(2, 1, 33);
    double[][] ofA = new double[2][];
    double[][] ofB = new double[2][];
    for (int i = 0; i < 2; i++) {
      try (Tape tape = new Tape(scope, Set.of(a, b))) {
        Var d = lpips.apply(tape, tape.leaf(i == 0 ? a : b), tape.leaf(i == 0 ? b : a));
        try (Grads grads = tape.backward(Map.of(d, scope.full(1, DType.F32, d.shape())))) {
          ofA[i] = Values.doubles(backend, grads.of(a).orElseThrow());
          ofB[i] = Values.doubles(backend, grads.of(b).orElseThrow());
        }
      }
    }
    assertArrayEquals(ofA[0], ofA[1], 1e-9);
    assertArrayEquals(ofB[0], ofB[1], 1e-9);
  }

  @Test
  void picturesTooSmallForTheLastStageAreRefusedInOneLine() {
    Lpips lpips = new Lpips(FeatureNetwork.ALEXNET, ALEX.load(scope));
    assertEquals("LPIPS (AlexNet) of pictures of 30x30: expected at least 31x31",
        assertThrows(IllegalArgumentException.class, () -> distance(lpips, noise(1, 1, 30), noise(2, 1, 30)))
            .getMessage());
    assertTrue(distance(lpips, noise(1, 1, 31), noise(2, 1, 31)) > 0);
  }
}
