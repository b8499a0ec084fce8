package io.github.tsdsr.sd3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.autograd.Adapter;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.WeightsException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LoraSetTest {
  private static final String A = "transformer.m.lora_A.weight";
  private static final String B = "transformer.m.lora_B.weight";

  private final Backend backend = new ReferenceBackend();
  private final Scope scope = Scope.on(backend);

  private static LoraSet of(Map<String, Tensor> tensors) {
    return new LoraSet(tensors.keySet(), Weights.of("test", tensors), 0.5);
  }

  private Tensor zeros(long... shape) {
    return scope.zeros(DType.F32, shape);
  }

  @Test
  void findsEveryPairOfThePublishedNames() {
    try (SafetensorsFile file = GoldenFiles.safetensors("models/tiny/lora/transformer.safetensors")) {
      LoraSet set = Golden.lora(file);
      assertEquals(file.names().size(), 2 * set.byModule().size());
      Adapter q = set.on("transformer_blocks.0.attn.to_q").orElseThrow();
      assertSame(file.find("transformer.transformer_blocks.0.attn.to_q.lora_A.weight").orElseThrow(), q.a());
      assertArrayEquals(new long[] {4, 32}, q.a().shape());
      assertTrue(set.on("transformer_blocks.0.attn").isEmpty());
    }
  }

  @Test
  void refusesWhatIsNoAdapter() {
    for (String name : new String[] {"m.lora_A.weight", "transformer.m.weight", "transformer.m.lora_C.weight"}) {
      WeightsException e = assertThrows(WeightsException.class, () -> of(Map.of(name, zeros(2, 3))));
      assertTrue(e.getMessage().contains(name), e.getMessage());
    }
  }

  @Test
  void refusesHalfAPairAndMatricesThatDoNotFit() {
    WeightsException half = assertThrows(WeightsException.class, () -> of(Map.of(A, zeros(2, 3))));
    assertTrue(half.getMessage().contains(B), half.getMessage());
    long[][][] misfits = {{{2, 3}, {5, 4}}, {{2, 3, 3, 3}, {5, 2}}, {{2, 3, 3, 3}, {5, 2, 3, 3}}, {{2}, {5}}};
    for (long[][] shapes : misfits) {
      WeightsException e = assertThrows(
          WeightsException.class, () -> of(Map.of(A, zeros(shapes[0]), B, zeros(shapes[1]))));
      assertTrue(e.getMessage().contains("m"), e.getMessage());
    }
  }

  @Test
  void mergingLeavesTheBaseAndOtherWeightsAlone() {
    Tensor w = Values.tensor(scope, DType.BF16, new double[] {1, 2, 3, 4}, 2, 2);
    Tensor other = zeros(3);
    Weights base = Weights.of("base", Map.of("m.weight", w, "other.bias", other));
    LoraSet set = of(Map.of(
        A, Values.tensor(scope, DType.F32, new double[] {1, -1}, 1, 2),
        B, Values.tensor(scope, DType.F32, new double[] {1e-3, 2}, 2, 1)));
    MergedWeights merged = new MergedWeights(scope, DType.F32, base, set);
    // Half of B A on top, in F32: a BF16 sum would lose the thousandth.
    assertArrayEquals(
        new double[] {1.0005, 1.9995, 4, 3}, Values.doubles(backend, merged.get("m.weight", 2, 2)), 1e-6);
    assertArrayEquals(new double[] {1, 2, 3, 4}, Values.doubles(backend, w), 0);
    assertSame(other, merged.get("other.bias", 3));
    assertThrows(WeightsException.class, () -> merged.get("m.weight", 4));
    assertThrows(WeightsException.class, () -> merged.get("absent", 4));
  }
}
