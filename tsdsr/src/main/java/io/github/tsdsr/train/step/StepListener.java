package io.github.tsdsr.train.step;

/** Hears which part of its work a step comes to: each lasts until the next is entered. */
@FunctionalInterface
public interface StepListener {
  /** Hears nothing. */
  StepListener NONE = _ -> {};

  /** A part begins, and the one before it has ended. */
  void entered(StepPart part);
}
