package io.github.tsdsr.train;

import io.github.tsdsr.autograd.optim.Parameter;
import java.util.List;
import java.util.function.Consumer;

/** One of the things that can be trained. */
interface Mode extends AutoCloseable {
  List<Parameter> parameters();

  /** The objective, beginning to load data at a step's number. */
  Objective objective(long first);

  TrainingLoop.Listener listener(Consumer<String> progress);

  @Override
  void close();
}
