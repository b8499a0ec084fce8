package io.github.tsdsr.train;

import io.github.tsdsr.train.run.TrainingRun;
import io.github.tsdsr.train.step.StepListener;
import io.github.tsdsr.train.step.StepPart;
import java.util.Map;

/** Hears about a training run, and may end it. Called by the thread that trains. */
public interface TrainingListener extends StepListener {
  /** Hears nothing and lets it run. */
  TrainingListener NONE = new TrainingListener() {};

  /** A dry run has counted what the training would take, and tries it next, if it fits. */
  default void planned(TrainingPlan plan) {}

  /** The first step is about to begin. */
  default void started(TrainingRun run) {}

  /** A distillation's step comes to a part of its work; the last part lasts until the step is done. */
  @Override
  default void entered(StepPart part) {}

  /**
   * A step is done.
   *
   * @param done how many steps are done, from the run's very beginning
   * @param values losses, the gradients' norm, the rate
   */
  default void stepped(long done, Map<String, Double> values) {}

  /**
   * The averaged parameters have been measured; the step before was told already.
   *
   * @param done how many steps are done
   */
  default void validated(long done, Map<String, Double> measures) {}

  /** Something a reader should know, in one line: a photo that was left out, a checkpoint that was written. */
  default void note(String line) {}

  /** A fault that the run gets over by itself, in one line: a damaged checkpoint that it goes back behind. */
  default void warning(String line) {}

  /** Asked after every step: true saves a checkpoint and ends the run there. */
  default boolean stopRequested() {
    return false;
  }
}
