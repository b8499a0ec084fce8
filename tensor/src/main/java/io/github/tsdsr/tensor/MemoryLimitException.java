package io.github.tsdsr.tensor;

/** An allocation would exceed a backend's memory limit, or the system has no more memory. */
public final class MemoryLimitException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public MemoryLimitException(String message) {
    super(message);
  }
}
