package io.github.tsdsr.infer;

/** A network's output holds infinities or NaNs: the picture is not written. */
public final class NonFiniteException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public NonFiniteException(String message) {
    super(message);
  }

  static void check(String what, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new NonFiniteException(what + " is not finite: value " + i + " of " + values.length + " is " + values[i]);
      }
    }
  }
}
