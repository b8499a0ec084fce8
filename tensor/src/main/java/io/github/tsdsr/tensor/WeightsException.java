package io.github.tsdsr.tensor;

/** A model's weights lack a tensor or hold one of another shape. */
public final class WeightsException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public WeightsException(String message) {
    super(message);
  }
}
