package io.github.tsdsr.sd3;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.autograd.Grads;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.GoldenValues;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Random;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One condition that serves a batch: the same numbers, forward and backward, as one for each sample. */
class ConditionTest {
  private static final String TINY = "models/tiny/transformer/diffusion_pytorch_model.safetensors";

  @ParameterizedTest
  @EnumSource
  void sharedByABatchItGivesTheSameVelocityAndTheSumOfTheGradients(BackendUnderTest on) {
    Map<String, double[]> shared = results(on, 1);
    Map<String, double[]> own = results(on, 2);
    assertTrue(shared.size() > 60, "a velocity and gradients of all weights");
    shared.forEach((name, got) -> GoldenValues.assertClose(name, own.get(name), got, on.tolerance(1e-12, 2e-5)));
  }

  /** The velocity of two latents, and the gradients of its weighted sum; the prompt's are summed over its samples. */
  private static Map<String, double[]> results(BackendUnderTest on, long conditions) {
    Map<String, double[]> found = new LinkedHashMap<>();
    try (SafetensorsFile weights = GoldenFiles.safetensors(TINY);
        Backend backend = on.open();
        Scope scope = Scope.on(backend)) {
      Tensor latent = normal(scope, on, 1, 2, 4, 6, 16);
      Tensor r = normal(scope, on, 2, 2, 4, 6, 16);
      Tensor prompt = repeated(scope, normal(scope, on, 3, 1, 13, 48), conditions);
      Tensor pooled = repeated(scope, normal(scope, on, 4, 1, 40), conditions);
      Set<Tensor> wanted = new HashSet<>(Set.of(latent, prompt, pooled));
      weights.names().forEach(n -> wanted.add(weights.find(n).orElseThrow()));
      double[] times = new double[(int) conditions];
      Arrays.fill(times, 700);
      MmDit model = new MmDit(Golden.tiny(), weights);
      try (Tape tape = new Tape(scope, wanted)) {
        Condition c = model.condition(tape, times, tape.leaf(prompt), tape.leaf(pooled), Adapters.NONE);
        Var v = model.velocity(tape, tape.leaf(latent), c, Adapters.NONE);
        found.put("velocity", Values.doubles(backend, v.value()));
        try (Grads grads = tape.backward(Map.of(v, r))) {
          found.put("latent", Values.doubles(backend, grads.of(latent).orElseThrow()));
          found.put("prompt", overSamples(Values.doubles(backend, grads.of(prompt).orElseThrow()), conditions));
          found.put("pooled", overSamples(Values.doubles(backend, grads.of(pooled).orElseThrow()), conditions));
          weights.names().forEach(n -> grads.of(weights.find(n).orElseThrow())
              .ifPresent(g -> found.put(n, Values.doubles(backend, g))));
        }
      }
    }
    return found;
  }

  private static Tensor normal(Scope scope, BackendUnderTest on, long stream, long... shape) {
    Tensor t = scope.empty(on.dtype(), shape);
    scope.backend().run(new Random(Random.Distribution.NORMAL, 9, stream, 0, t));
    return t;
  }

  private static Tensor repeated(Scope scope, Tensor one, long times) {
    long[] shape = one.shape();
    shape[0] = times;
    return scope.copy(one.broadcast(shape), one.dtype());
  }

  private static double[] overSamples(double[] all, long samples) {
    double[] sum = new double[(int) (all.length / samples)];
    for (int i = 0; i < all.length; i++) {
      sum[i % sum.length] += all[i];
    }
    return sum;
  }
}
