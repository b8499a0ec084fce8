package io.github.tsdsr.perceptual;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Grads;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.config.Config;
import io.github.tsdsr.io.model.WeightFiles;
import io.github.tsdsr.model.NetworkConfigs;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.sd3.VaeConfig;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class EncoderFeaturesTest {
  private static final int SIDE = 16;

  private final Backend backend = new ReferenceBackend();
  private final Scope scope = Scope.on(backend);
  private WeightFiles weights;
  private VaeConfig config;
  private Vae vae;
  private EncoderFeatures loss;

  @BeforeEach
  void load() throws IOException {
    Path folder = GoldenFiles.path("models/tiny/vae");
    weights = WeightFiles.open(folder);
    config = NetworkConfigs.vae(Config.json(folder.resolve("config.json")));
    vae = new Vae(config, weights);
    loss = new EncoderFeatures(vae);
  }

  @AfterEach
  void close() {
    scope.close();
    weights.close();
    backend.close();
  }

  private static double[] picture(long seed, int count) {
    return new Random(seed).doubles(count, -1, 1).toArray();
  }

  private Tensor tensor(double[] x, long n) {
    return Values.tensor(scope, DType.F64, x, n, SIDE, SIDE, 3);
  }

  private double value(Tensor a, Tensor b) {
    Tape tape = Tape.inference(scope);
    return Values.scalar(backend, loss.apply(tape, tape.leaf(a), tape.leaf(b)).value());
  }

  @Test
  void itIsTheMeanSquaredDistanceOfTheDirectionsOfEveryLevelsFeatures() {
    Tensor a = tensor(picture(1, 2 * SIDE * SIDE * 3), 2);
    Tensor b = tensor(picture(2, 2 * SIDE * SIDE * 3), 2);
    Tape tape = Tape.inference(scope);
    List<Var> fa = vae.encoderFeatures(tape, tape.leaf(a), Adapters.NONE);
    List<Var> fb = vae.encoderFeatures(tape, tape.leaf(b), Adapters.NONE);
    double want = 0;
    for (int level = 0; level < 4; level++) {
      long side = SIDE >> level;
      int channels = config.blockOutChannels().get(level);
      assertArrayEquals(new long[] {2, side, side, channels}, fa.get(level).shape());
      double[] x = Values.doubles(backend, fa.get(level).value());
      double[] y = Values.doubles(backend, fb.get(level).value());
      for (int at = 0; at < x.length; at += channels) {
        double lengthX = 0;
        double lengthY = 0;
        for (int c = 0; c < channels; c++) {
          lengthX += x[at + c] * x[at + c];
          lengthY += y[at + c] * y[at + c];
        }
        for (int c = 0; c < channels; c++) {
          double d = x[at + c] / Math.sqrt(lengthX) - y[at + c] / Math.sqrt(lengthY);
          want += d * d / (x.length / channels) / 4;
        }
      }
    }
    assertTrue(want > 0.01, "the pictures are apart: " + want);
    assertEquals(want, value(a, b), 1e-9);
    assertEquals(0, value(a, a));
  }

  @Test
  void theGradientAgreesWithACentralDifferenceAndReachesNoWeight() {
    double[] x = picture(3, SIDE * SIDE * 3);
    Tensor image = tensor(x, 1);
    Tensor target = tensor(picture(4, SIDE * SIDE * 3), 1);
    double[] direction = picture(5, x.length);
    double slope = 0;
    try (Tape tape = new Tape(scope, Set.of(image))) {
      Var d = loss.apply(tape, tape.leaf(image), tape.leaf(target));
      assertArrayEquals(new long[] {1, 1, 1, 1}, d.shape());
      try (Grads grads = tape.backward(Map.of(d, scope.full(1, DType.F64, d.shape())))) {
        double[] g = Values.doubles(backend, grads.of(image).orElseThrow());
        for (int i = 0; i < g.length; i++) {
          slope += g[i] * direction[i];
        }
        assertTrue(grads.of(target).isEmpty());
        for (String name : weights.names()) {
          assertTrue(grads.of(weights.find(name).orElseThrow()).isEmpty(), name);
        }
      }
    }
    double step = 1e-6;
    double[] above = x.clone();
    double[] below = x.clone();
    for (int i = 0; i < x.length; i++) {
      above[i] += step * direction[i];
      below[i] -= step * direction[i];
    }
    double difference = (value(tensor(above, 1), target) - value(tensor(below, 1), target)) / (2 * step);
    assertEquals(difference, slope, 1e-6 * Math.abs(difference));
  }

  @Test
  void picturesOfAnotherShapeAreRefusedInOneLine() {
    Tensor a = tensor(picture(1, SIDE * SIDE * 3), 1);
    Tensor b = tensor(picture(1, 2 * SIDE * SIDE * 3), 2);
    assertEquals(
        "the distance in the encoder's features of [1, 16, 16, 3] and [2, 16, 16, 3]: expected two batches of pictures of"
            + " one shape (N,H,W,3)",
        assertThrows(IllegalArgumentException.class, () -> value(a, b)).getMessage());
  }
}
