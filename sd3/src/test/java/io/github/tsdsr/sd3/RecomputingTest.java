package io.github.tsdsr.sd3;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.autograd.Grads;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.Weights;
import io.github.tsdsr.tensor.op.Random;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Networks that compute their parts again in the backward pass, against the same ones that save what it needs. */
class RecomputingTest {
  private static final long SEED = 11;

  /** A network with its input and prompt. */
  private interface Network {
    Var apply(Tape tape);
  }

  private record Trained(Map<String, Tensor> tensors, Network plain, Network recomputing) {}

  private record Run(Map<String, double[]> gradients, long saved) {}

  private static Tensor normal(Scope scope, DType dtype, long stream, long... shape) {
    try (Scope inner = scope.inner()) {
      Tensor t = inner.empty(DType.F32, shape);
      scope.backend().run(new Random(Random.Distribution.NORMAL, SEED, stream, 0, t));
      return inner.outward(inner.copy(t, dtype));
    }
  }

  private static Map<String, Tensor> initial(Scope scope, InitialWeights initial) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    initial.shapes().keySet().forEach(name -> all.put(name, initial.make(scope, name)));
    return all;
  }

  private static Run run(Backend backend, BackendUnderTest on, Map<String, Tensor> tensors, Network network) {
    Set<Tensor> wanted = new HashSet<>(tensors.values());
    try (Scope scope = Scope.on(backend);
        Tape tape = new Tape(scope, wanted)) {
      long before = backend.memory().inUse();
      Var y = network.apply(tape);
      long saved = backend.memory().inUse() - before;
      Map<String, double[]> gradients = new LinkedHashMap<>();
      try (Grads grads = tape.backward(Map.of(y, normal(scope, on.dtype(), 7, y.shape())))) {
        tensors.forEach((name, t) -> grads.of(t).ifPresent(g -> gradients.put(name, Values.doubles(backend, g))));
      }
      return new Run(gradients, saved);
    }
  }

  private static void check(Backend backend, BackendUnderTest on, Trained trained) {
    long before = backend.memory().inUse();
    Run plain = run(backend, on, trained.tensors, trained.plain);
    Run again = run(backend, on, trained.tensors, trained.recomputing);
    assertEquals(plain.gradients.keySet(), again.gradients.keySet());
    assertTrue(plain.gradients.size() > 20, () -> plain.gradients.size() + " gradients");
    plain.gradients.forEach((name, g) -> assertArrayEquals(g, again.gradients.get(name), name));
    assertTrue(again.saved < 0.5 * plain.saved, () -> again.saved + " bytes instead of " + plain.saved);
    assertEquals(before, backend.memory().inUse());
  }

  @ParameterizedTest
  @EnumSource
  void aTransformerThatComputesItsBlocksAgainHasTheSameGradients(BackendUnderTest on) {
    for (MmDitConfig config : new MmDitConfig[] {Golden.tiny(), Golden.tiny35()}) {
      try (Backend backend = on.open();
          Scope scope = Scope.on(backend)) {
        Map<String, Tensor> tensors = initial(scope, InitialWeights.of(config, SEED));
        tensors.remove("pos_embed.pos_embed");
        Map<String, Tensor> all = initial(scope, InitialWeights.of(config, SEED));
        all.putAll(tensors);
        MmDit model = new MmDit(config, Weights.of("initial", all));
        Tensor latent = normal(scope, on.dtype(), 1, 2, 8, 6, config.inChannels());
        Tensor prompt = normal(scope, on.dtype(), 2, 1, 5, config.jointAttentionDim());
        Tensor pooled = normal(scope, on.dtype(), 3, 1, config.pooledProjectionDim());
        check(backend, on, new Trained(
            tensors, tape -> velocity(tape, model, latent, prompt, pooled),
            tape -> velocity(tape, model.recomputing(), latent, prompt, pooled)));
      }
    }
  }

  /** One condition for both samples: its gradients come from all blocks and are summed over the batch. */
  private static Var velocity(Tape tape, MmDit model, Tensor latent, Tensor prompt, Tensor pooled) {
    Condition c = model.condition(tape, new double[] {700}, tape.leaf(prompt), tape.leaf(pooled), Adapters.NONE);
    return model.velocity(tape, tape.leaf(latent), c, Adapters.NONE);
  }

  @ParameterizedTest
  @EnumSource
  void anAutoencoderThatComputesItsPartsAgainHasTheSameGradients(BackendUnderTest on) {
    try (Backend backend = on.open();
        Scope scope = Scope.on(backend)) {
      Map<String, Tensor> tensors = initial(scope, InitialWeights.of(Golden.tinyVae(), SEED));
      Vae vae = new Vae(Golden.tinyVae(), Weights.of("initial", tensors));
      Tensor picture = normal(scope, on.dtype(), 4, 2, 16, 24, 3);
      check(backend, on, new Trained(tensors, tape -> through(tape, vae, picture),
          tape -> through(tape, vae.recomputing(), picture)));
    }
  }

  private static Var through(Tape tape, Vae vae, Tensor picture) {
    Var mean = vae.mean(tape, vae.moments(tape, tape.leaf(picture), Adapters.NONE));
    return vae.decode(tape, mean, Adapters.NONE);
  }
}
