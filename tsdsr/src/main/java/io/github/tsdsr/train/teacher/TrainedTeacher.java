package io.github.tsdsr.train.teacher;

import io.github.tsdsr.autograd.optim.Parameter;
import io.github.tsdsr.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A teacher of which something is trained. */
interface TrainedTeacher {
  /** What is trained. */
  List<Parameter> parameters();

  /** The teacher as it is trained. */
  Teacher current();

  /** The teacher as averages make it. */
  Teacher averaged(Map<String, Tensor> averages);

  /** Writes averages of what is trained. */
  void export(Path model, Map<String, Tensor> averages) throws IOException;

  /** A line for a reader about what is trained. */
  String description();
}
