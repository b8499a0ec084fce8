package io.github.tsdsr.train.tsd;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.autograd.Grads;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.Var;
import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.GoldenValues;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.perceptual.FeatureNetwork;
import io.github.tsdsr.perceptual.Lpips;
import io.github.tsdsr.perceptual.TrainingWeights;
import io.github.tsdsr.sd3.FlowMatchScheduler;
import io.github.tsdsr.sd3.Guidance;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.tensor.op.Unary;
import io.github.tsdsr.train.network.Student;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One distillation step against the reference in float64, value by value: golden section 3, train/step_*. */
class DistillationGoldenTest {
  private static final class Case implements AutoCloseable {
    final TinyDistillation tiny;
    final SafetensorsFile want;
    final DistillationRules rules;
    final Phase phase;
    final Draw draw;
    final Adapters teacher;
    final Lpips lpips;

    Case(BackendUnderTest on, String file, DistillationRules rules, Phase phase) {
      tiny = new TinyDistillation(on);
      want = GoldenFiles.safetensors("train/" + file + ".safetensors");
      this.rules = rules;
      this.phase = phase;
      draw = tiny.draw(tiny.inputs, "in.", rules.sharedLevels());
      teacher = file.equals("step_teacher_lora")
          ? TinyDistillation.set(tiny.load("train/" + file + ".safetensors", "teacher."))
          : Adapters.NONE;
      lpips = new Lpips(FeatureNetwork.ALEXNET, TrainingWeights.manifest().load(tiny.scope));
    }

    private void close(String name, Tensor got) {
      if (GoldenValues.has(want, name)) {
        GoldenValues.assertPictureClose(tiny.backend, want, name, got, tiny.on.tolerance(2e-7, 5e-5));
      }
    }

    private void close(String name, double... got) {
      if (GoldenValues.has(want, name)) {
        double[] stored = Values.doubles(tiny.backend, GoldenValues.stored(want, name));
        GoldenValues.assertClose(name, stored, got, tiny.on.tolerance(2e-7, 1e-5));
      }
    }

    void checkStudent() {
      Tape tape = Tape.inference(tiny.scope);
      Student.Pass pass = tiny.student().apply(
          tape, tape.leaf(draw.degraded()), rules.samplePosterior() ? draw.posteriorNoise() : null);
      close("student.moments", pass.moments().value());
      close("student.z_L", pass.latent().value());
      close("student.v", pass.velocity().value());
      close("zhat", pass.zhat().value());
      close("decoded", tiny.vae.decode(tape, tiny.vae.unscaled(tape, pass.zhat()), Adapters.NONE).value());
    }

    /** Guidance's two velocities at the first point. */
    private void checkBoth(DistributionAwareSampling.Point p) {
      Guidance guidance = rules.guidance();
      Roles roles = tiny.roles(teacher);
      both("teacher_zhat", guidance.both(
          tiny.scope, tiny.base, teacher, p.zhat(), p.times(), draw.prompt(), roles.nothing()));
      both("teacher_z", guidance.both(
          tiny.scope, tiny.base, teacher, p.z(), p.times(), draw.prompt(), roles.nothing()));
      both("lora_zhat", guidance.both(
          tiny.scope, tiny.base, roles.lora(), p.zhat(), p.times(), draw.prompt(), roles.nothing()));
    }

    private void both(String of, Guidance.Both got) {
      String name = "point.0.both." + of;
      if (GoldenValues.has(want, name)) {
        Tensor stored = GoldenValues.stored(want, name).permute(0, 2, 3, 1);
        double tolerance = tiny.on.tolerance(2e-7, 5e-5);
        GoldenValues.assertClose(name, Values.doubles(tiny.backend, stored.chunk(0, 0, 2)),
            Values.doubles(tiny.backend, got.nothing()), tolerance);
        GoldenValues.assertClose(name, Values.doubles(tiny.backend, stored.chunk(0, 1, 2)),
            Values.doubles(tiny.backend, got.text()), tolerance);
      }
    }

    private void checkPoint(DistributionAwareSampling.Point p) {
      String at = "point." + p.k() + ".";
      close(at + "t", p.times());
      close(at + "sigma", p.sigmas());
      close(at + "weight", p.weights());
      close(at + "zhat_t", p.zhat());
      close(at + "z_t", p.z());
      close(at + "teacher_zhat", p.teacherZhat());
      close(at + "teacher_z", p.teacherZ());
      close(at + "lora_zhat", p.loraZhat());
      close(at + "vsd_sum", p.sums().vsd());
      close(at + "tsm_sum", p.sums().tsm());
      if (p.k() == 0) {
        checkBoth(p);
      }
    }

    /** The picture's part of the gradient, at the picture that the reference decoded. */
    void checkPicture() {
      if (!GoldenValues.has(want, "grad.decoded")) {
        return;
      }
      Tensor decoded = tiny.decoded(tiny.latent(want, "zhat"));
      try (Tape tape = new Tape(tiny.scope, Set.of(decoded))) {
        Var loss = new ImageLoss(tiny.vae, lpips, rules.clampPicture())
            .ofPicture(tape, tape.leaf(decoded), tape.leaf(draw.clean()));
        Tensor seed = tiny.scope.full(phase.gamma1(), tiny.on.dtype(), loss.shape());
        try (Grads grads = tape.backward(Map.of(loss, seed))) {
          gradientClose("grad.decoded", grads.of(decoded).orElseThrow().permute(0, 3, 1, 2));
        }
      }
    }

    /** The whole step: points, losses, gradients at the latent, gradients of all adapters. */
    void checkStep() {
      Distillation distillation = new Distillation(tiny.roles(teacher), rules, lpips);
      List<Parameter> student = tiny.studentParameters();
      int[] reached = {0};
      try (Distillation.StudentStep step = distillation.student(
          tiny.scope, draw, phase, TinyDistillation.wanted(student), 1, p -> {
            reached[0]++;
            checkPoint(p);
          })) {
        assertEquals(phase.sampling().points(), reached[0]);
        close("zhat", step.zhat());
        Distillation.LatentLosses at = step.at();
        close("g", scaled(at.tsd().orElseThrow().gradient(), step.zhat().count()));
        close("loss.tsd", at.tsd().orElseThrow().value());
        close("loss.mse", at.mse().value());
        close("loss.lpips", at.perceptual().orElseThrow().value());
        close("loss.total", at.total().value());
        close("grad.zhat.tsd", at.tsd().orElseThrow().gradient());
        if (phase.mse()) {
          close("grad.zhat.mse", at.mse().gradient());
        }
        gradientClose("grad.zhat.lpips",
            scaled(at.perceptual().orElseThrow().gradient(), phase.gamma1()).permute(0, 3, 1, 2));
        gradientClose("grad.zhat", at.total().gradient().permute(0, 3, 1, 2));
        int compared = 0;
        for (Parameter p : student) {
          String name = "grad." + p.name();
          if (GoldenValues.has(want, name)) {
            gradientClose(
                name, step.grads().of(p.value()).orElseGet(() -> tiny.scope.zeros(tiny.on.dtype(), p.value().shape())));
            compared++;
          }
        }
        assertEquals(48 + 60, compared);
      }
    }

    private Tensor scaled(Tensor t, double factor) {
      Tensor y = tiny.scope.empty(t.dtype(), t.shape());
      tiny.backend.run(Unary.affine(t, factor, 0, y));
      return y;
    }

    private void gradientClose(String name, Tensor got) {
      GoldenValues.assertClose(tiny.backend, want, name, got, tiny.on.tolerance(5e-7, 1e-4));
    }

    @Override
    public void close() {
      want.close();
      tiny.close();
    }
  }

  private static void check(Case c) {
    try (c) {
      double[] indices = Values.doubles(c.tiny.backend, GoldenValues.stored(c.want, "points.index"));
      int[] first = c.draw.indices();
      int[] own = c.rules.sharedLevels() ? new int[] {first[0], first[0]} : first;
      Trajectory way = Trajectory.of(
          FlowMatchScheduler.sd3(), own, c.phase.sampling().points(), c.phase.sampling().stride(), c.draw.bias());
      for (int k = 0; k <= way.points(); k++) {
        assertArrayEquals(new int[] {(int) indices[2 * k], (int) indices[2 * k + 1]}, way.indices(k));
      }
      c.checkStudent();
      c.checkPicture();
      c.checkStep();
    }
  }

  private static Phase programPhase() {
    return new Phase(1, true, DistributionAwareSampling.of(4));
  }

  @ParameterizedTest
  @EnumSource(names = {"REFERENCE_F64", "CPU_F32"})
  void programsStepIsTheReferences(BackendUnderTest on) {
    check(new Case(on, "step_program", DistillationRules.program(), programPhase()));
  }

  @ParameterizedTest
  @EnumSource(names = {"REFERENCE_F64", "CPU_F32"})
  void papersFirstPhaseIsTheReferences(BackendUnderTest on) {
    check(new Case(on, "step_paper_phase1", DistillationRules.paper(), Phase.first()));
  }

  @ParameterizedTest
  @EnumSource(names = {"REFERENCE_F64", "CPU_F32"})
  void papersSecondPhaseIsTheReferences(BackendUnderTest on) {
    check(new Case(on, "step_paper_phase2", DistillationRules.paper(), Phase.second(2)));
  }

  @ParameterizedTest
  @EnumSource(names = {"REFERENCE_F64", "CPU_F32"})
  void aTeacherMayHaveAdaptersOfItsOwn(BackendUnderTest on) {
    check(new Case(on, "step_teacher_lora", DistillationRules.paper(), Phase.second(2)));
  }
}
