package io.github.tsdsr.train.teacher;

import io.github.tsdsr.autograd.Adapters;
import io.github.tsdsr.autograd.Tape;
import io.github.tsdsr.data.ValidationSet;
import io.github.tsdsr.infer.PictureSampler;
import io.github.tsdsr.pixel.BytePixels;
import io.github.tsdsr.sd3.FlowMatchScheduler;
import io.github.tsdsr.sd3.Guidance;
import io.github.tsdsr.sd3.GuidedSampler;
import io.github.tsdsr.tensor.Backend;
import io.github.tsdsr.tensor.DType;
import io.github.tsdsr.tensor.Scope;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.tensor.Values;
import io.github.tsdsr.train.diffusion.DiffusionLoss;
import io.github.tsdsr.train.network.Student;
import io.github.tsdsr.train.step.StepRandom;
import io.github.tsdsr.train.validation.Validation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The loss of the crops' middles at fixed levels under fixed noise, and a few pictures made from noise. */
record TeacherValidation(Backend backend, FlowSettings settings, List<ValidationSet.Crop> crops) {
  /** The levels, from noise to data. */
  private static final int[] LEVELS = {100, 300, 500, 700, 900};
  private static final int SAMPLES = 4;

  Validation of(Teacher teacher) {
    double sum = 0;
    for (int i = 0; i < crops.size(); i++) {
      sum += loss(teacher, crops.get(i), i);
    }
    return new Validation(Map.of("flow_validation", sum / crops.size()), List.of(samples(teacher)));
  }

  private double loss(Teacher teacher, ValidationSet.Crop crop, int number) {
    int side = settings.crop();
    BytePixels clean = crop.clean();
    float[] x = clean.crop((clean.width() - side) / 2, (clean.height() - side) / 2, side, side).toSigned().samples();
    try (Scope scope = Scope.on(backend);
        Tape tape = Tape.inference(scope)) {
      Tensor picture = Values.tensor(scope, DType.F32, x, 1, side, side, 3);
      Tensor one = Student.latent(tape, teacher.vae(), Adapters.NONE, tape.leaf(picture)).value();
      Tensor z = scope.copy(one.broadcast(LEVELS.length, one.size(1), one.size(2), one.size(3)), DType.F32);
      Tensor noise = new StepRandom(0, number).normal(scope, StepRandom.Use.NOISE, z.shape());
      return Values.scalar(backend, new DiffusionLoss.Velocity().of(tape, DiffusionLoss.predict(
          tape, FlowMatchScheduler.sd3(), teacher.transformer(), teacher.adapters(), z,
          new DiffusionLoss.Levels(LEVELS, noise, null), teacher.shown())).value());
    }
  }

  private Validation.Strip samples(Teacher teacher) {
    PictureSampler sampler = new PictureSampler(
        backend, teacher.vae(), teacher.transformer(), teacher.adapters(), teacher.shown(), teacher.nothing(),
        new Guidance(settings.guidance(), true), settings.sampleSteps());
    List<Validation.Panel> panels = new ArrayList<>();
    for (int i = 0; i < SAMPLES; i++) {
      panels.add(new Validation.Panel("from noise " + (i + 1), "",
          sampler.sample(settings.crop(), settings.crop(), 0, i, GuidedSampler.Listener.NONE)));
    }
    return new Validation.Strip("Samples", panels);
  }
}
