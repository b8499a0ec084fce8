package io.github.tsdsr.train.tsd;

import static io.github.tsdsr.train.step.StepPart.LORA_OF_STUDENT;
import static io.github.tsdsr.train.step.StepPart.TEACHER_OF_STUDENT;
import static io.github.tsdsr.train.step.StepPart.TEACHER_OF_TARGET;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.autograd.Gradients;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.fn.Losses;
import io.github.tsdsr.autograd.optim.GradientSum;
import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.GoldenValues;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.perceptual.PerceptualLoss;
import io.github.tsdsr.sd3.Guidance;
import io.github.tsdsr.sd3.MmDit;
import io.github.tsdsr.sd3.Vae;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Unary;
import io.github.tsdsr.train.diffusion.DiffusionLoss;
import io.github.tsdsr.train.network.Student;
import io.github.tsdsr.train.step.StepListener;
import io.github.tsdsr.train.step.StepPart;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where the gradients of a distillation go, and what must not change them. */
class DistillationTest {
  private static final PerceptualLoss SQUARES = Losses::mse;
  /** TSD alone. */
  private static final Phase TSD_ALONE = new Phase(0, false, DistributionAwareSampling.of(2));

  private static DistillationRules withGamma2(double gamma2) {
    DistillationRules paper = DistillationRules.paper();
    return new DistillationRules(
        paper.samplePosterior(), paper.sharedLevels(), paper.clampPicture(), paper.lambda(), paper.guidance(), gamma2,
        paper.loraLoss());
  }

  private static Map<String, double[]> values(TinyDistillation tiny, List<Parameter> of, Gradients gradients) {
    Map<String, double[]> all = new LinkedHashMap<>();
    of.forEach(p -> gradients.of(p.value()).ifPresent(g -> all.put(p.name(), Values.doubles(tiny.backend, g))));
    return all;
  }

  private static Map<String, double[]> student(
      TinyDistillation tiny, Roles roles, DistillationRules rules, Phase phase) {
    List<Parameter> trained = tiny.studentParameters();
    try (Distillation.StudentStep step = new Distillation(roles, rules, SQUARES).student(
        tiny.scope, tiny.draw(tiny.inputs, "in.", false), phase, TinyDistillation.wanted(trained), 1,
        DistributionAwareSampling.Observer.NONE)) {
      return values(tiny, trained, step.grads());
    }
  }

  private static void assertSame(
      TinyDistillation tiny, Map<String, double[]> want, Map<String, double[]> got, double factor) {
    assertEquals(want.keySet(), got.keySet());
    assertTrue(want.size() > 100, () -> want.size() + " gradients");
    want.forEach((name, g) -> {
      double[] scaled = g.clone();
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] *= factor;
      }
      GoldenValues.assertClose(name, scaled, got.get(name), tiny.on.tolerance(1e-9, 1e-4));
    });
  }

  private static double norm(Map<String, double[]> gradients) {
    double sum = 0;
    for (double[] g : gradients.values()) {
      for (double v : g) {
        sum += v * v;
      }
    }
    return Math.sqrt(sum);
  }

  @ParameterizedTest
  @EnumSource(names = {"REFERENCE_F64", "CPU_F32"})
  void theTsdGradientReachesTheStudent(BackendUnderTest on) {
    try (TinyDistillation tiny = new TinyDistillation(on)) {
      Roles roles = tiny.roles(Adapters.NONE);
      Map<String, double[]> once = student(tiny, roles, withGamma2(1), TSD_ALONE);
      assertTrue(norm(once) > 1e-3, () -> "norm " + norm(once));
      long reached = once.values().stream().filter(g -> norm(Map.of("", g)) > 0).count();
      // All but the two matrices on a projection of the prompt that the last block drops.
      assertTrue(reached >= once.size() - 2, () -> reached + " of " + once.size());
      assertSame(tiny, once, student(tiny, roles, withGamma2(3), TSD_ALONE), 3);
      assertEquals(0, norm(student(tiny, roles, withGamma2(0), TSD_ALONE)));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"REFERENCE_F64", "CPU_F32"})
  void nobodyButTheStudentGetsAGradientOrMoves(BackendUnderTest on) {
    try (TinyDistillation tiny = new TinyDistillation(on);
        SafetensorsFile own =
            GoldenFiles.safetensors("models/tiny/transformer/diffusion_pytorch_model.safetensors");
        SafetensorsFile ownVae = GoldenFiles.safetensors("models/tiny/vae/diffusion_pytorch_model.safetensors")) {
      Map<String, Tensor> teacher = tiny.load("train/step_teacher_lora.safetensors", "teacher.");
      // A student on a base of its own, so that whatever reaches the shared base came through teacher or LoRA model.
      Student student = tiny.student(
          new MmDit(TinyDistillation.TRANSFORMER, own), new Vae(TinyDistillation.VAE, ownVae));
      Set<Tensor> others = new LinkedHashSet<>(tiny.baseWeights());
      others.addAll(teacher.values());
      others.addAll(tiny.regLora.values());
      Set<Tensor> wanted = new LinkedHashSet<>(others);
      wanted.addAll(TinyDistillation.wanted(tiny.studentParameters()));
      List<double[]> before = all(tiny, wanted);
      Distillation distillation = new Distillation(
          tiny.roles(TinyDistillation.set(teacher), student), DistillationRules.paper(), SQUARES);
      try (Distillation.StudentStep step = distillation.student(
          tiny.scope, tiny.draw(tiny.inputs, "in.", false), Phase.first(), wanted, 1,
          DistributionAwareSampling.Observer.NONE)) {
        assertEquals(0, others.stream().filter(t -> step.grads().of(t).isPresent()).count());
        tiny.studentParameters().stream().filter(p -> !p.name().contains("blocks.1.attn.add_q_proj"))
            .forEach(p -> assertTrue(step.grads().of(p.value()).isPresent(), p.name()));
      }
      List<double[]> after = all(tiny, wanted);
      for (int i = 0; i < before.size(); i++) {
        assertArrayEquals(before.get(i), after.get(i));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = "CPU_F32")
  void aNetworkIsAskedOnlyWhereItsVelocityCounts(BackendUnderTest on) {
    try (TinyDistillation tiny = new TinyDistillation(on)) {
      Phase two = new Phase(0, true, DistributionAwareSampling.of(2));
      Phase one = new Phase(0, true, DistributionAwareSampling.of(1));
      DistillationRules paper = DistillationRules.paper();
      assertEquals(Map.of(TEACHER_OF_STUDENT, 2, TEACHER_OF_TARGET, 2, LORA_OF_STUDENT, 2), asked(tiny, paper, two));
      assertEquals(Map.of(TEACHER_OF_STUDENT, 2, LORA_OF_STUDENT, 2), asked(tiny, withLambda(1), two));
      assertEquals(
          Map.of(TEACHER_OF_STUDENT, 2, TEACHER_OF_TARGET, 2, LORA_OF_STUDENT, 1), asked(tiny, withLambda(0), two));
      assertEquals(Map.of(TEACHER_OF_STUDENT, 1, TEACHER_OF_TARGET, 1), asked(tiny, withLambda(0), one));
      assertEquals(Map.of(), asked(tiny, withGamma2(0), two));
    }
  }

  private static Map<StepPart, Integer> asked(TinyDistillation tiny, DistillationRules rules, Phase phase) {
    Map<StepPart, Integer> count = new EnumMap<>(StepPart.class);
    StepListener listener = part -> {
      if (Set.of(TEACHER_OF_STUDENT, TEACHER_OF_TARGET, LORA_OF_STUDENT).contains(part)) {
        count.merge(part, 1, Integer::sum);
      }
    };
    Distillation distillation = new Distillation(tiny.roles(Adapters.NONE), rules, SQUARES, listener);
    assertEquals(rules.gamma2() != 0 && (rules.lambda() != 0 || phase.sampling().points() > 1),
        distillation.asksLora(phase));
    distillation.student(
        tiny.scope, tiny.draw(tiny.inputs, "in.", false), phase, TinyDistillation.wanted(tiny.studentParameters()), 1,
        DistributionAwareSampling.Observer.NONE).close();
    return count;
  }

  private static DistillationRules withLambda(double lambda) {
    DistillationRules p = DistillationRules.paper();
    return new DistillationRules(
        p.samplePosterior(), p.sharedLevels(), p.clampPicture(), lambda, p.guidance(), p.gamma2(), p.loraLoss());
  }

  private static List<double[]> all(TinyDistillation tiny, Set<Tensor> tensors) {
    return tensors.stream().map(t -> Values.doubles(tiny.backend, t)).toList();
  }

  @ParameterizedTest
  @EnumSource(names = {"REFERENCE_F64", "CPU_F32"})
  void aBatchInTwoPartsHasTheGradientsOfTheWhole(BackendUnderTest on) {
    try (TinyDistillation tiny = new TinyDistillation(on);
        SafetensorsFile data = GoldenFiles.safetensors("train/lora_step.safetensors");
        GradientSum sum = new GradientSum(tiny.backend)) {
      List<Parameter> trained = new ArrayList<>(tiny.studentParameters());
      trained.addAll(tiny.loraParameters());
      Set<Tensor> wanted = TinyDistillation.wanted(trained);
      Distillation distillation =
          new Distillation(tiny.roles(Adapters.NONE), DistillationRules.paper(), SQUARES);
      Draw draw = tiny.draw(tiny.inputs, "in.", false);
      DiffusionLoss.Levels levels = new DiffusionLoss.Levels(
          tiny.ints(data, "in.index"), tiny.latent(data, "in.noise"), new double[2]);
      Phase phase = new Phase(1.5, true, DistributionAwareSampling.of(2));
      for (int i = 0; i < 2; i++) {
        Draw part = draw.samples(i, i + 1);
        try (Distillation.StudentStep step = distillation.student(
            tiny.scope, part, phase, wanted, 0.5, DistributionAwareSampling.Observer.NONE);
            Distillation.LoraStep lora = distillation.lora(
                tiny.scope, step.zhat(), levels.samples(i, i + 1), part.prompt(), wanted, 0.5)) {
          sum.add(step.grads().and(lora.grads()), trained);
        }
      }
      try (Distillation.StudentStep step = distillation.student(
          tiny.scope, draw, phase, wanted, 1, DistributionAwareSampling.Observer.NONE);
          Distillation.LoraStep lora =
              distillation.lora(tiny.scope, step.zhat(), levels, draw.prompt(), wanted, 1)) {
        assertSame(tiny, values(tiny, trained, step.grads().and(lora.grads())), values(tiny, trained, sum), 1);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"REFERENCE_F64", "CPU_F32"})
  void neitherGuidanceInTwoPassesNorBlocksComputedAgainChangeTheGradients(BackendUnderTest on) {
    try (TinyDistillation tiny = new TinyDistillation(on)) {
      Phase phase = new Phase(1, true, DistributionAwareSampling.of(2));
      Map<String, double[]> plain = student(tiny, tiny.roles(Adapters.NONE), DistillationRules.paper(), phase);
      DistillationRules twoPasses =
          DistillationRules.paper().with(new Guidance(DistillationRules.GUIDANCE, false));
      Student again = tiny.student(tiny.base.recomputing(), tiny.vae.recomputing());
      assertSame(tiny, plain, student(tiny, tiny.roles(Adapters.NONE, again), twoPasses, phase), 1);
    }
  }

  @ParameterizedTest
  @EnumSource(names = "CPU_F32")
  void aStepGivesBackItsMemory(BackendUnderTest on) {
    try (TinyDistillation tiny = new TinyDistillation(on)) {
      Roles roles = tiny.roles(Adapters.NONE);
      student(tiny, roles, DistillationRules.paper(), TSD_ALONE);
      long before = tiny.backend.memory().inUse();
      Distillation distillation = new Distillation(roles, DistillationRules.paper(), SQUARES);
      Draw draw = tiny.draw(tiny.inputs, "in.", false);
      long inputs = tiny.backend.memory().inUse() - before;
      try (var step = tiny.scope.inner();
          Distillation.StudentStep s = distillation.student(
              step, draw, TSD_ALONE, TinyDistillation.wanted(tiny.studentParameters()), 1,
              DistributionAwareSampling.Observer.NONE)) {
        assertTrue(s.at().total().value() > 0);
      }
      assertEquals(before + inputs, tiny.backend.memory().inUse());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"REFERENCE_F64", "CPU_F32"})
  void thePerceptualLossSeesItsWindowAndNothingElse(BackendUnderTest on) {
    try (TinyDistillation tiny = new TinyDistillation(on);
        Tape tape = new Tape(tiny.scope, Set.of())) {
      Draw d = tiny.draw(tiny.inputs, "in.", true);
      PictureWindow whole = PictureWindow.whole(d.clean());
      PictureWindow window = new PictureWindow(3, 1, whole.height() - 4, whole.width() - 4);
      Tensor decoded = tiny.decoded(d.target());
      double all = Values.scalar(tiny.backend, SQUARES.apply(
          tape, window.of(tape, tape.leaf(decoded)), window.of(tape, tape.leaf(d.clean()))).value());
      ImageLoss loss = new ImageLoss(tiny.vae, SQUARES, false);
      LatentLoss seen = loss.loss(tiny.scope, d.target(), d.clean(), window, StepListener.NONE);
      assertEquals(all, seen.value(), on.tolerance(1e-12, 1e-6) * all);
      // A photo that differs outside alone.
      Tensor other = tiny.scope.copy(d.clean(), d.clean().dtype());
      tiny.backend.run(Unary.affine(other.slice(1, 0, 3), -1, 0, other.slice(1, 0, 3)));
      LatentLoss same = loss.loss(tiny.scope, d.target(), other, window, StepListener.NONE);
      assertEquals(seen.value(), same.value());
      assertArrayEquals(
          Values.doubles(tiny.backend, seen.gradient()), Values.doubles(tiny.backend, same.gradient()));
      LatentLoss wholly = loss.loss(tiny.scope, d.target(), other, whole, StepListener.NONE);
      assertTrue(wholly.value() != loss.loss(tiny.scope, d.target(), d.clean(), whole, StepListener.NONE).value());
    }
  }

  @ParameterizedTest
  @EnumSource(names = "CPU_F32")
  void rulesThatSampleTheLatentRefuseADrawWithoutNoiseForIt(BackendUnderTest on) {
    try (TinyDistillation tiny = new TinyDistillation(on)) {
      Draw d = tiny.draw(tiny.inputs, "in.", true);
      Draw without = new Draw(
          d.degraded(), d.clean(), d.target(), d.prompt(), null, d.noise(), d.indices(), d.bias(), d.window());
      Distillation distillation =
          new Distillation(tiny.roles(Adapters.NONE), DistillationRules.program(), SQUARES);
      assertThrows(IllegalArgumentException.class, () -> distillation.student(
          tiny.scope, without, TSD_ALONE, Set.of(), 1, DistributionAwareSampling.Observer.NONE));
    }
  }
}
