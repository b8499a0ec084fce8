package io.github.tsdsr.sd3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.GoldenValues;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.Layout;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The modules that adapters are on, against the files of golden section 1. */
class LoraTargetsTest {
  private static void check(LoraTargets targets, Map<String, Layout> weights, String file) {
    Map<String, Layout> shapes = targets.shapes(weights, 4);
    try (SafetensorsFile golden = GoldenFiles.safetensors("models/tiny/lora/" + file + ".safetensors")) {
      assertEquals(new TreeSet<>(golden.names()), new TreeSet<>(shapes.keySet()));
      shapes.forEach((name, layout) -> assertArrayEquals(
          GoldenValues.stored(golden, name).shape(), layout.shape(), name));
    }
  }

  @Test
  void studentLoraModelAndEncoderHaveThoseOfThePublishedFiles() {
    Map<String, Layout> transformer = WeightPlan.of(Golden.tiny()).shapes();
    check(LoraTargets.STUDENT, transformer, "transformer");
    check(LoraTargets.LORA_MODEL, transformer, "transformer_reg");
    check(LoraTargets.ENCODER, WeightPlan.of(Golden.tinyVae()).shapes(), "vae");
  }

  @Test
  void newAdaptersChangeNothingAndDependOnSeedAndNameAlone() {
    Map<String, Layout> shapes = LoraTargets.LORA_MODEL.shapes(WeightPlan.of(Golden.tiny()).shapes(), 8);
    try (ReferenceBackend backend = new ReferenceBackend();
        Scope scope = Scope.on(backend)) {
      Map<String, Tensor> all = InitialAdapters.make(scope, shapes, 5);
      Map<String, Tensor> again = InitialAdapters.make(scope, shapes, 5);
      double squares = 0;
      long count = 0;
      for (Map.Entry<String, Tensor> e : all.entrySet()) {
        double[] values = Values.doubles(backend, e.getValue());
        assertArrayEquals(Values.doubles(backend, again.get(e.getKey())), values);
        for (double v : values) {
          if (e.getKey().contains("lora_B")) {
            assertEquals(0, v, e.getKey());
          } else {
            squares += v * v;
            count++;
          }
        }
      }
      assertEquals(1.0 / 8, Math.sqrt(squares / count), 0.01);
    }
  }
}
