package io.github.tsdsr.train.distill;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.BackendUnderTest;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.io.GoldenFiles;
import io.github.tsdsr.io.GoldenValues;
import io.github.tsdsr.io.safetensors.SafetensorsFile;
import io.github.tsdsr.sd3.FlowMatchScheduler;
import io.github.tsdsr.sd3.Guidance;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import java.util.List;
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

    Case(BackendUnderTest on, String file, DistillationRules rules, Phase phase) {
      tiny = new TinyDistillation(on);
      want = GoldenFiles.safetensors("train/" + file + ".safetensors");
      this.rules = rules;
      this.phase = phase;
      draw = tiny.draw(tiny.inputs, "in.", rules.sharedLevels());
      teacher = file.equals("step_teacher_lora")
          ? TinyDistillation.set(tiny.load("train/" + file + ".safetensors", "teacher."))
          : Adapters.NONE;
    }

    private void close(String name, Tensor got) {
      if (want.names().contains(name)) {
        GoldenValues.assertPictureClose(tiny.backend, want, name, got, tiny.on.tolerance(2e-7, 5e-5));
      }
    }

    private void close(String name, double... got) {
      if (want.names().contains(name)) {
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
      if (want.names().contains(name)) {
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

    /** The points, the direction and its loss at the latent that the reference's student made. */
    void checkDirection() {
      Tensor zhat = tiny.latent(want, "zhat");
      Distillation distillation = new Distillation(tiny.roles(teacher), rules, (_, _, _) -> {
        throw new AssertionError("no picture is looked at here");
      });
      int[] reached = {0};
      Tensor g = distillation.direction(tiny.scope, zhat, draw, phase.sampling(), p -> {
        reached[0]++;
        checkPoint(p);
      });
      assertEquals(phase.sampling().points(), reached[0]);
      close("g", g);
      LatentLoss tsd = TargetScoreDistillation.loss(tiny.scope, g);
      close("loss.tsd", tsd.value());
      close("grad.zhat.tsd", tsd.gradient());
      LatentLoss mse = LatentMse.loss(tiny.scope, zhat, draw.target());
      close("loss.mse", mse.value());
      if (phase.mse()) {
        close("grad.zhat.mse", mse.gradient());
      }
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
      c.checkDirection();
    }
  }

  private static Phase programPhase() {
    return new Phase(1, true, DistributionAwareSampling.of(4));
  }

  @ParameterizedTest
  @EnumSource
  void programsStepIsTheReferences(BackendUnderTest on) {
    check(new Case(on, "step_program", DistillationRules.program(), programPhase()));
  }

  @ParameterizedTest
  @EnumSource
  void papersFirstPhaseIsTheReferences(BackendUnderTest on) {
    check(new Case(on, "step_paper_phase1", DistillationRules.paper(), Phase.first()));
  }

  @ParameterizedTest
  @EnumSource
  void papersSecondPhaseIsTheReferences(BackendUnderTest on) {
    check(new Case(on, "step_paper_phase2", DistillationRules.paper(), Phase.second(2)));
  }

  @ParameterizedTest
  @EnumSource
  void aTeacherMayHaveAdaptersOfItsOwn(BackendUnderTest on) {
    check(new Case(on, "step_teacher_lora", DistillationRules.paper(), Phase.second(2)));
  }
}
