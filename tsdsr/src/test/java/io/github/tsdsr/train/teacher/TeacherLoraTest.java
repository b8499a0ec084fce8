package io.github.tsdsr.train.teacher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.autograd.Grads;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.data.PairSource;
import io.github.tsdsr.sd3.FlowMatchScheduler;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.Prompt;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.train.diffusion.DiffusionLoss;
import io.github.tsdsr.train.step.Objective;
import io.github.tsdsr.train.tsd.TinyDistillation;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Training of a teacher's own adapters by the diffusion loss, on the small model of golden section 1. */
final class TeacherLoraTest {
  private static final String GOLDEN = "train/step_teacher_lora.safetensors";
  private static final double STEP = 1e-4;

  private static Prompt defaultPrompt(TinyDistillation tiny) {
    return new Prompt(tiny.tensor(tiny.inputs, "in.default_prompt_embeds").unsqueeze(0),
        tiny.tensor(tiny.inputs, "in.default_pooled").unsqueeze(0));
  }

  private static double loss(TinyDistillation tiny, Adapters adapters, DiffusionLoss.Levels levels, Tape tape,
      Map<Tensor, Tensor> into) {
    Tensor z = tiny.latent(tiny.inputs, "in.latent_hr");
    Var loss = new DiffusionLoss.Velocity().of(tape, DiffusionLoss.predict(
        tape, FlowMatchScheduler.sd3(), tiny.base, adapters, z, levels, defaultPrompt(tiny)));
    double value = Values.scalar(tiny.backend, loss.value());
    if (into != null) {
      Grads grads = tape.backward(Map.of(loss, tiny.scope.full(1, tiny.on.dtype(), loss.shape())));
      into.replaceAll((t, _) -> grads.of(t).orElseGet(() -> tiny.scope.zeros(tiny.on.dtype(), t.shape())));
    }
    return value;
  }

  private static void move(TinyDistillation tiny, Tensor t, double[] from, double[] direction, double by) {
    double[] moved = new double[from.length];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = from[i] + by * direction[i];
    }
    tiny.backend.upload(MemorySegment.ofArray(moved), t);
  }

  @Test
  void gradientsOfTheTeachersAdaptersAreThoseOfCentralDifferences() {
    try (TinyDistillation tiny = new TinyDistillation(BackendUnderTest.REFERENCE_F64)) {
      Map<String, Tensor> lora = tiny.load(GOLDEN, "teacher.");
      assertEquals(48, lora.size());
      Adapters adapters = TinyDistillation.set(lora);
      DiffusionLoss.Levels levels = new DiffusionLoss.Levels(
          tiny.ints(tiny.inputs, "in.index"), tiny.latent(tiny.inputs, "in.noise"), null);
      Map<Tensor, Tensor> grads = new HashMap<>();
      lora.values().forEach(t -> grads.put(t, t));
      try (Tape tape = new Tape(tiny.scope, Map.copyOf(grads).keySet())) {
        loss(tiny, adapters, levels, tape, grads);
      }
      SplittableRandom random = new SplittableRandom(5);
      int zero = 0;
      for (Map.Entry<String, Tensor> e : lora.entrySet()) {
        double[] at = Values.doubles(tiny.backend, e.getValue());
        double[] g = Values.doubles(tiny.backend, grads.get(e.getValue()));
        double[] direction = random.doubles(at.length, -1, 1).toArray();
        double slope = 0;
        double size = 0;
        for (int i = 0; i < g.length; i++) {
          slope += g[i] * direction[i];
          size += Math.abs(g[i] * direction[i]);
        }
        double difference = 0;
        for (int sign : new int[] {1, -1}) {
          move(tiny, e.getValue(), at, direction, sign * STEP);
          try (Scope scope = Scope.on(tiny.backend)) {
            difference += sign * loss(tiny, adapters, levels, Tape.inference(scope), null);
          }
        }
        move(tiny, e.getValue(), at, direction, 0);
        assertEquals(difference / (2 * STEP), slope, 1e-6 * size + 1e-12, e.getKey());
        zero += size == 0 ? 1 : 0;
      }
      // The last block drops the prompt's stream: add_q_proj there has no say.
      assertEquals(2, zero);
    }
  }

  /** Pictures that are made up. */
  private static PairSource pictures(int count) {
    return index -> {
      float[] clean = new float[count * 64 * 64 * 3];
      float[] degraded = new float[clean.length];
      SplittableRandom random = new SplittableRandom(index);
      for (int i = 0; i < clean.length; i++) {
        clean[i] = (float) random.nextDouble(-1, 1);
        degraded[i] = clean[i] / 2;
      }
      return new PairSource.Batch(index, count, 64, degraded, clean, PairSource.Caches.NONE);
    };
  }

  private record Outcome(double loss, Map<String, double[]> gradients) {}

  private static Outcome step(TinyDistillation tiny, FlowSettings settings, Map<String, Tensor> lora)
      throws InterruptedException {
    MmDit network = settings.recompute() ? tiny.base.recomputing() : tiny.base;
    Prompt nothing = new Prompt(tiny.tensor(tiny.inputs, "in.null_prompt_embeds").unsqueeze(0),
        tiny.tensor(tiny.inputs, "in.null_pooled").unsqueeze(0));
    List<Parameter> trained =
        lora.entrySet().stream().map(e -> new Parameter("teacher." + e.getKey(), e.getValue())).toList();
    Teacher teacher = new Teacher(tiny.vae, network, TinyDistillation.set(lora), defaultPrompt(tiny), nothing);
    try (TeacherObjective objective =
        new TeacherObjective(tiny.backend, teacher, settings, pictures(4), trained, 7, 3, 1);
        Objective.Result result = objective.step(3)) {
      Map<String, double[]> gradients = new LinkedHashMap<>();
      trained.forEach(p -> result.gradients().of(p.value())
          .ifPresent(g -> gradients.put(p.name(), Values.doubles(tiny.backend, g))));
      return new Outcome(result.losses().get("flow"), gradients);
    }
  }

  private static FlowSettings settings(double share, boolean degraded, int parts, boolean recompute) {
    return new FlowSettings(share, degraded, Optional.empty(), parts, recompute, 64, 1, 1);
  }

  private static double distance(Outcome a, Outcome b) {
    double most = Math.abs(a.loss - b.loss) / a.loss;
    assertEquals(a.gradients.keySet(), b.gradients.keySet());
    for (Map.Entry<String, double[]> e : a.gradients.entrySet()) {
      double largest = 0;
      double off = 0;
      for (int i = 0; i < e.getValue().length; i++) {
        largest = Math.max(largest, Math.abs(e.getValue()[i]));
        off = Math.max(off, Math.abs(e.getValue()[i] - b.gradients.get(e.getKey())[i]));
      }
      most = Math.max(most, largest == 0 ? off : off / largest);
    }
    return most;
  }

  @Test
  void neitherPartsNorBlocksComputedAgainChangeTheGradientsAndPromptsDo() throws Exception {
    try (TinyDistillation tiny = new TinyDistillation(BackendUnderTest.CPU_F32)) {
      Map<String, Tensor> lora = tiny.load(GOLDEN, "teacher.");
      Outcome whole = step(tiny, settings(0.5, false, 1, false), lora);
      assertTrue(whole.loss > 0 && whole.gradients.size() >= 46, whole.gradients.keySet().toString());
      for (FlowSettings other : List.of(
          settings(0.5, false, 2, false), settings(0.5, false, 4, true), settings(0.5, false, 1, true))) {
        double off = distance(whole, step(tiny, other, lora));
        assertTrue(off < 2e-5, other + ": " + off);
      }
      // What is shown under the null prompt, and how much of it, is seen in the gradients.
      for (FlowSettings other : List.of(settings(0, false, 1, false), settings(0.5, true, 1, false))) {
        double off = distance(whole, step(tiny, other, lora));
        assertTrue(off > 1e-3, other + ": " + off);
      }
      assertFalse(whole.gradients.values().stream().allMatch(g -> g[0] == 0));
    }
  }
}
