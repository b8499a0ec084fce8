package io.github.tsdsr.train.step;

/** Training cannot go on: a gradient is not finite. What was saved before stays. */
public final class TrainingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public TrainingException(String message) {
    super(message);
  }
}
