package io.github.tsdsr.sd3;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.ReferenceBackend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.WeightsException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What does not fit a model is refused by name. */
class ModelErrorsTest {
  private static final String TRANSFORMER = "models/tiny/transformer/diffusion_pytorch_model.safetensors";

  private static Condition condition(MmDit model, Tape tape, long batch) {
    Scope s = tape.scope();
    Var prompt = tape.leaf(s.full(0.1, DType.F32, batch, 13, 48));
    Var pooled = tape.leaf(s.full(-0.2, DType.F32, batch, 40));
    double[] times = new double[(int) batch];
    Arrays.fill(times, 700);
    return model.condition(tape, times, prompt, pooled, Adapters.NONE);
  }

  @Test
  void latentsThatDoNotFitPatchesOrTableAreRefused() {
    try (SafetensorsFile weights = GoldenFiles.safetensors(TRANSFORMER);
        Backend backend = new ReferenceBackend();
        Scope scope = Scope.on(backend)) {
      MmDit model = new MmDit(Golden.tiny(), weights);
      Tape tape = Tape.inference(scope);
      Condition c = condition(model, tape, 1);
      for (long[] shape : new long[][] {{1, 5, 4, 16}, {1, 4, 7, 16}, {1, 0, 4, 16}, {1, 50, 4, 16}, {1, 4, 50, 16}}) {
        Var latent = tape.leaf(scope.zeros(DType.F32, shape));
        assertThrows(IllegalArgumentException.class, () -> model.velocity(tape, latent, c, Adapters.NONE));
      }
      Condition two = condition(model, tape, 2);
      Var three = tape.leaf(scope.zeros(DType.F32, 3, 4, 4, 16));
      assertThrows(IllegalArgumentException.class, () -> model.velocity(tape, three, two, Adapters.NONE));
      assertThrows(IllegalArgumentException.class, () -> model.condition(
          tape, new double[] {1, 2}, tape.leaf(scope.zeros(DType.F32, 1, 13, 48)),
          tape.leaf(scope.zeros(DType.F32, 1, 40)), Adapters.NONE));
    }
  }

  @Test
  void aMissingOrMisshapenWeightIsNamed() {
    try (SafetensorsFile weights = GoldenFiles.safetensors(TRANSFORMER)) {
      for (String name : new String[] {"proj_out.bias", "transformer_blocks.1.attn.add_q_proj.weight",
        "pos_embed.pos_embed", "transformer_blocks.0.ff.net.2.weight"}) {
        Map<String, Tensor> some = new HashMap<>();
        weights.names().forEach(n -> some.put(n, weights.find(n).orElseThrow()));
        Tensor right = some.remove(name);
        WeightsException missing = assertThrows(
            WeightsException.class, () -> new MmDit(Golden.tiny(), Weights.of("test", some)));
        assertTrue(missing.getMessage().contains(name), missing.getMessage());
        some.put(name, right.unsqueeze(0));
        WeightsException wrong = assertThrows(
            WeightsException.class, () -> new MmDit(Golden.tiny(), Weights.of("test", some)));
        assertTrue(wrong.getMessage().contains(name), wrong.getMessage());
      }
    }
  }
}
