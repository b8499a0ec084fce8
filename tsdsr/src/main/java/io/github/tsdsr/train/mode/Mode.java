package io.github.tsdsr.train.mode;

import io.github.tsdsr.tensor.Tensor;
import io.github.tsdsr.train.optim.ParameterGroup;
import io.github.tsdsr.train.step.Objective;
import io.github.tsdsr.train.step.StepListener;
import io.github.tsdsr.train.validation.Validation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One of the things that can be trained, set up in a workspace, which owns what it holds. */
public interface Mode {
  /** What is trained, group by group. */
  List<ParameterGroup> groups();

  /**
   * The objective, beginning to load data at a step's number.
   *
   * @param listener hears of the parts of a step, if this mode tells them
   */
  Objective objective(long first, StepListener listener) throws IOException;

  /**
   * Measures the averaged parameters on the validation photos, of which there are some.
   *
   * @throws IOException if a file that is measured with cannot be read
   */
  Validation validate(Map<String, Tensor> averages) throws IOException;

  /** Writes the averaged parameters as a model folder. */
  void export(Path model, Map<String, Tensor> averages) throws IOException;

  /** A line for a reader about what is trained. */
  String description();
}
