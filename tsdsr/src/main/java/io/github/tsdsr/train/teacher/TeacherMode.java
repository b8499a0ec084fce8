package io.github.tsdsr.train.teacher;

import io.github.tsdsr.data.PairSource;
import io.github.tsdsr.data.pairs.PairCrops;
import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.train.mode.Mode;
import io.github.tsdsr.train.mode.TrainingData;
import io.github.tsdsr.train.mode.Workspace;
import io.github.tsdsr.train.optim.ParameterGroup;
import io.github.tsdsr.train.step.Objective;
import io.github.tsdsr.train.step.StepListener;
import io.github.tsdsr.train.validation.Validation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Training of a teacher by flow matching, whatever of it is trained. */
final class TeacherMode implements Mode {
  private final Workspace workspace;
  private final FlowSettings flow;
  private final TrainedTeacher trained;
  private final PairSource pictures;

  TeacherMode(Workspace workspace, FlowSettings flow, TrainedTeacher trained) throws IOException {
    this.workspace = workspace;
    this.flow = flow;
    this.trained = trained;
    Teacher teacher = trained.current();
    pictures = flow.pictures(
        workspace.data(), teacher.vae().config().factor() * teacher.transformer().config().patchSize());
    if (pictures instanceof PairCrops crops) {
      // A batch holds samples under the null prompt beside others.
      long tokens = flow.nullShare() > 0 ? teacher.nothing().tokens().size(1) : PairCrops.ANY;
      crops.expectCachesOf(teacher.vae().config(), teacher.transformer().config(), flow.crop(), tokens);
    }
  }

  @Override
  public List<ParameterGroup> groups() {
    return List.of(new ParameterGroup("", trained.parameters(), workspace.settings().optimisation()));
  }

  @Override
  public Objective objective(long first, StepListener listener) {
    TrainingData data = workspace.data();
    Teacher teacher = flow.recompute() ? trained.current().recomputing() : trained.current();
    return new TeacherObjective(
        workspace.backend(), teacher, flow, pictures, trained.parameters(), data.seed(), first, data.loaders());
  }

  @Override
  public Validation validate(Map<String, Tensor> averages) {
    return new TeacherValidation(workspace.backend(), flow, workspace.data().validation().crops())
        .of(trained.averaged(averages));
  }

  @Override
  public void export(Path model, Map<String, Tensor> averages) throws IOException {
    trained.export(model, averages);
  }

  @Override
  public String description() {
    return trained.description();
  }
}
